import { GraphRefusal } from '../http/graph-refusal';

/** A trace as Graph shows it. */
export interface ShownTrace {
  id: string;
  senderAddress: string;
  recipientAddress: string;
  messageId: string;
  receivedDateTime: string;
  subject: string;
  size: number;
  fromIP: string;
  toIP: string;
  status: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const EQUALS: readonly string[] = [
  'id',
  'messageId',
  'recipientAddress',
  'senderAddress',
  'status',
  'fromIP',
  'toIP',
];

/** One condition of a filter. */
const CLAUSE =
  /^\s*(?:(?<name>\w+)\s+(?<operator>eq|ge|le)\s+(?:'(?<text>(?:[^']|'')*)'|(?<time>[\w:.+-]+))|(?<call>contains|startsWith|endsWith)\(\s*subject\s*,\s*'(?<part>(?:[^']|'')*)'\s*\))\s*(?:and\b|$)/i;

type Condition = (trace: ShownTrace) => boolean;

/**
 * What a `$filter` of traces finds. [rule: trace-filter] [rule: trace-period]
 *
 * @param now in milliseconds since 1970
 * @throws GraphRefusal
 */
export function readTraceFilter(filter: string | undefined, now: number): Condition {
  const conditions: Condition[] = [];
  let [from, to]: [number | undefined, number | undefined] = [undefined, undefined];
  for (let rest = filter?.trim() ?? ''; rest !== ''; ) {
    const match = CLAUSE.exec(rest);
    if (match?.groups === undefined) throw invalidFilter(rest);
    rest = rest.slice(match[0].length);
    const { name, operator = '', text, time, call, part = '' } = match.groups;
    const property = EQUALS.find((known) => known.toLowerCase() === name?.toLowerCase());
    if (call !== undefined) {
      conditions.push(onSubject(call.toLowerCase(), unquoted(part).toLowerCase()));
    } else if (property !== undefined && text !== undefined && operator.toLowerCase() === 'eq') {
      const wanted = unquoted(text).toLowerCase();
      conditions.push((trace) => String(Object(trace)[property]).toLowerCase() === wanted);
    } else if (name?.toLowerCase() === 'receiveddatetime' && time !== undefined) {
      const at = Date.parse(time);
      if (Number.isNaN(at) || operator.toLowerCase() === 'eq') throw invalidFilter(match[0]);
      if (operator.toLowerCase() === 'ge') from = at;
      else to = at;
    } else {
      throw invalidFilter(match[0]);
    }
  }
  const { start, end } = periodOf(from, to, now);
  return (trace) => {
    const at = Date.parse(trace.receivedDateTime);
    return at >= start && at <= end && conditions.every((holds) => holds(trace));
  };
}

function periodOf(from: number | undefined, to: number | undefined, now: number) {
  if (from === undefined && to === undefined) return { start: now - 2 * DAY_MS, end: now };
  if (from === undefined || to === undefined) throw badPeriod('both bounds of receivedDateTime are needed');
  if (to - from > 10 * DAY_MS) throw badPeriod('the time interval must not exceed 10 days');
  if (from < now - 90 * DAY_MS) throw badPeriod('the start must not be more than 90 days ago');
  if (to > now) throw badPeriod('the end must not be later than now');
  return { start: from, end: to };
}

function onSubject(call: string, part: string): Condition {
  return ({ subject }) => {
    const text = subject.toLowerCase();
    if (call === 'contains') return text.includes(part);
    return call === 'startswith' ? text.startsWith(part) : text.endsWith(part);
  };
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'");
}

function badPeriod(why: string): GraphRefusal {
  return new GraphRefusal('trace-period', 400, 'BadRequest', `Invalid receivedDateTime: ${why}.`);
}

function invalidFilter(clause: string): GraphRefusal {
  return new GraphRefusal('trace-filter', 400, 'BadRequest', `Invalid filter clause '${clause.trim()}'.`);
}
