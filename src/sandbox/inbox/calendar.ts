import { type CalendarTime, later, lengthOf, readTime } from './calendar-time';

/** Someone in a calendar. */
export interface CalendarPerson {
  /** Empty if the calendar has none. */
  name: string;
  address: string;
  /** The answer, as in `ACCEPTED`; empty if the calendar has none. */
  status: string;
}

export interface CalendarEvent {
  title: string;
  place: string;
  description: string;
  start?: CalendarTime;
  end?: CalendarTime;
  organizer?: CalendarPerson;
  attendees: CalendarPerson[];
  /** The rule by which it repeats, in words if it is a simple one. */
  repeats: string;
  /** As in `CANCELLED`; empty if the calendar has none. */
  status: string;
}

export interface Calendar {
  /** What the calendar asks for, as in `REQUEST`; empty if it does not say. */
  method: string;
  events: CalendarEvent[];
  /** How many events follow, which are not read. */
  more: number;
}

const MAX_EVENTS = 20;

interface Property {
  name: string;
  parameters: ReadonlyMap<string, string>;
  value: string;
}

/** A line by RFC 5545; no two of its parts can begin with the same character, so it is read in one pass. */
const LINE = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/;

/** Reads the events of an iCalendar file. Undefined if it is broken, or has none. */
export function readCalendar(text: string): Calendar | undefined {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/[\r\n]+/);
  const open: string[] = [];
  const events: Property[][] = [];
  let method = '';
  for (const line of lines) {
    if (line.trim() === '') continue;
    const property = readLine(line);
    if (property === undefined) return undefined;
    const { name, value } = property;
    const inside = open.join('/');
    if (name === 'BEGIN') {
      open.push(value.trim().toUpperCase());
      if (open.join('/') === 'VCALENDAR/VEVENT') events.push([]);
    } else if (name === 'END') {
      if (open.pop() !== value.trim().toUpperCase()) return undefined;
    } else if (inside === 'VCALENDAR' && name === 'METHOD') method = value.trim().toUpperCase();
    else if (inside === 'VCALENDAR/VEVENT') events.at(-1)?.push(property);
    else if (inside === '') return undefined;
    // Deeper than any calendar: joining the names would take quadratic time.
    if (open.length > 10) return undefined;
  }
  if (open.length > 0 || events.length === 0) return undefined;
  const read = events.slice(0, MAX_EVENTS).map(readEvent);
  const whole = read.filter((event) => event !== undefined);
  if (whole.length < read.length) return undefined;
  return { method, events: whole, more: events.length - whole.length };
}

function readLine(line: string): Property | undefined {
  const [, name, parameters = '', value = ''] = LINE.exec(line) ?? [];
  if (name === undefined) return undefined;
  const pairs = [...parameters.matchAll(/;([\w-]+)=((?:"[^"]*"|[^";])*)/g)].map(
    ([, key = '', given = '']): [string, string] => [key.toUpperCase(), unquoted(given)],
  );
  return { name: name.toUpperCase(), parameters: new Map(pairs), value };
}

/** RFC 6868 has escapes of its own for parameters. */
function unquoted(value: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', "'": '"', '^': '^' };
  return value.replaceAll('"', '').replace(/\^([n'^])/g, (whole, character) => escapes[character] ?? whole);
}

function readEvent(properties: Property[]): CalendarEvent | undefined {
  const of = (name: string) => properties.find((property) => property.name === name);
  const textOf = (name: string) => unescaped(of(name)?.value ?? '').trim();
  const timeOf = (name: string) => {
    const property = of(name);
    return property && readTime(property.value, property.parameters.get('TZID'));
  };
  const [start, end] = [timeOf('DTSTART'), timeOf('DTEND')];
  if ((of('DTSTART') && !start) || (of('DTEND') && !end)) return undefined;
  const length = lengthOf(of('DURATION')?.value ?? '');
  const organizer = of('ORGANIZER');
  return {
    title: textOf('SUMMARY'),
    place: textOf('LOCATION'),
    description: textOf('DESCRIPTION'),
    start,
    end: end ?? (start && length && later(start, length)),
    organizer: organizer && personOf(organizer),
    attendees: properties.filter(({ name }) => name === 'ATTENDEE').map(personOf),
    repeats: ruleInWords(of('RRULE')?.value.trim() ?? ''),
    status: textOf('STATUS').toUpperCase(),
  };
}

function unescaped(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_whole, character) => (/n/i.test(character) ? '\n' : character));
}

function personOf({ parameters, value }: Property): CalendarPerson {
  return {
    name: parameters.get('CN') ?? '',
    address: value.trim().replace(/^mailto:/i, ''),
    status: (parameters.get('PARTSTAT') ?? '').toUpperCase(),
  };
}

const UNITS = new Map([
  ['DAILY', 'day'],
  ['WEEKLY', 'week'],
  ['MONTHLY', 'month'],
  ['YEARLY', 'year'],
]);
const DAYS = new Map([
  ['MO', 'Monday'],
  ['TU', 'Tuesday'],
  ['WE', 'Wednesday'],
  ['TH', 'Thursday'],
  ['FR', 'Friday'],
  ['SA', 'Saturday'],
  ['SU', 'Sunday'],
]);

/** `every 2 weeks on Monday and Friday, 10 times`; the rule as it is if it says more than that. */
function ruleInWords(rule: string): string {
  const parts = new Map(
    rule
      .toUpperCase()
      .split(';')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name, value];
      }),
  );
  const [unit, interval, until] = [
    UNITS.get(parts.get('FREQ') ?? ''),
    Number(parts.get('INTERVAL') ?? 1),
    parts.get('UNTIL'),
  ];
  const days = parts
    .get('BYDAY')
    ?.split(',')
    .map((day) => DAYS.get(day));
  const isSimple = [...parts.keys()].every((name) =>
    ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', ...(unit === 'week' ? ['BYDAY'] : [])].includes(name),
  );
  const end = until === undefined ? undefined : readTime(until, undefined);
  if (
    !unit ||
    !isSimple ||
    !Number.isSafeInteger(interval) ||
    days?.includes(undefined) ||
    (until && !end) ||
    !/^\d+$/.test(parts.get('COUNT') ?? '1')
  )
    return rule;
  const [last, ...others] = [...(days ?? [])].reverse();
  const named = others.length > 0 ? `${others.reverse().join(', ')} and ${last}` : last;
  return [
    interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`,
    named && ` on ${named}`,
    parts.has('COUNT') && `, ${parts.get('COUNT')} times`,
    end && ` until ${new Date(end.clock).toISOString().slice(0, 10)}`,
  ]
    .filter(Boolean)
    .join('');
}
