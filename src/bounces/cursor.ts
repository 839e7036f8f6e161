import { createHash } from 'node:crypto';
import { GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property } from '../graph/answer-error';
import { shownValue } from '../options/given-options';

/**
 * How far a search looks back behind the newest report that was handled. A search may show a message later than
 * others that arrived after it: for how long is not documented, so this is our own guess.
 */
const LOOK_BACK_MS = 10 * 60_000;
/** So many reports are remembered, about 20 bytes each in the token, unless more arrived in the same second. */
const MAX_DONE = 2000;
/** The start of a token, which tells its version. */
const PREFIX = 'bounces1.';
const MAX_TOKEN_LENGTH = 1_000_000;

/**
 * How far the reports of a mailbox were handled. Times of reports are whole seconds, which many may share, so a
 * time alone would lose reports or repeat them: the latest ones that are done are remembered one by one.
 */
export class Cursor {
  /** Where searches begin, in milliseconds since 1970. Everything before it is done. */
  #from: number;
  /** The reports since then that are done, with their times. */
  readonly #done: Map<string, number>;
  /** The report of which some recipients are done, and how many. */
  #part: readonly [report: string, count: number] | undefined;
  #newest: number;

  private constructor(from: number, done: Map<string, number>, part?: readonly [string, number]) {
    this.#from = from;
    this.#done = done;
    this.#part = part;
    this.#newest = [...done.values()].reduce((newest, at) => Math.max(newest, at), from);
  }

  /**
   * Where to begin.
   *
   * @throws GraphTransportError `ECONFIG` if it is neither a date nor a token
   */
  static at(since: unknown): Cursor {
    if (since === undefined) return new Cursor(0, new Map());
    if (since instanceof Date && !Number.isNaN(since.getTime())) {
      return new Cursor(Math.max(0, wholeSecond(since.getTime())), new Map());
    }
    const cursor = typeof since === 'string' ? fromToken(since) : undefined;
    if (cursor) return new Cursor(cursor.from, cursor.done, cursor.part);
    const shown = since instanceof Date ? 'an invalid Date' : shownValue(since);
    throw new GraphTransportError('ECONFIG', `since must be a Date or the token of a bounce, not ${shown}.`, {
      hint: 'Pass the token as it was, or a time from which to read again.',
    });
  }

  get from(): number {
    return this.#from;
  }

  isDone(reportId: string): boolean {
    return this.#done.has(keyOf(reportId));
  }

  /** How many recipients of a report are done. */
  countOf(reportId: string): number {
    return this.#part?.[0] === keyOf(reportId) ? this.#part[1] : 0;
  }

  /** Notes that the first recipients of a report are done. */
  advance(reportId: string, count: number): void {
    this.#part = [keyOf(reportId), count];
  }

  /** Notes that a report is done. */
  finish(reportId: string, receivedAt: number): void {
    const key = keyOf(reportId);
    // A report that comes again with an earlier time may come once more with the later one.
    if (receivedAt >= this.#from) {
      this.#done.set(key, Math.max(wholeSecond(receivedAt), this.#done.get(key) ?? 0));
    }
    if (this.#part?.[0] === key) this.#part = undefined;
    this.reach(receivedAt);
  }

  /** Notes that everything up to this time was seen. */
  reach(receivedAt: number): void {
    this.#newest = Math.max(this.#newest, receivedAt);
    this.#moveTo(this.#newest - LOOK_BACK_MS);
    if (this.#done.size <= MAX_DONE) return;
    const times = [...this.#done.values()].sort((one, other) => one - other);
    // The reports of one second stay together: a search cannot begin in the middle of it.
    this.#moveTo(Math.min((times[times.length - MAX_DONE] ?? 0) + 1000, this.#newest));
  }

  get token(): string {
    const seconds = this.#from / 1000;
    const done = [...this.#done].map(([key, at]) => `${key}${(at / 1000 - seconds).toString(36)}`);
    const content = { f: seconds, d: done.join(), ...(this.#part && { p: this.#part }) };
    return PREFIX + Buffer.from(JSON.stringify(content)).toString('base64url');
  }

  #moveTo(from: number): void {
    if (from <= this.#from) return;
    this.#from = wholeSecond(from);
    for (const [key, at] of this.#done) if (at < this.#from) this.#done.delete(key);
  }
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

const KEY_LENGTH = 12;

/** Short, and of one length, whatever the id. */
function keyOf(reportId: string): string {
  return createHash('sha256').update(reportId).digest('base64url').slice(0, KEY_LENGTH);
}

const DONE = new RegExp(`^([\\w-]{${KEY_LENGTH}})([\\da-z]{1,9})$`);

function fromToken(
  token: string,
): { from: number; done: Map<string, number>; part?: readonly [string, number] } | undefined {
  if (!token.startsWith(PREFIX) || token.length > MAX_TOKEN_LENGTH) return undefined;
  const content = parseJson(Buffer.from(token.slice(PREFIX.length), 'base64url').toString());
  const [seconds, list, part] = ['f', 'd', 'p'].map((name) => property(content, name));
  if (
    !Number.isSafeInteger(seconds) ||
    typeof seconds !== 'number' ||
    seconds < 0 ||
    typeof list !== 'string'
  )
    return undefined;
  const done = new Map<string, number>();
  for (const entry of list === '' ? [] : list.split(',')) {
    const [, key, offset] = DONE.exec(entry) ?? [];
    if (key === undefined || offset === undefined) return undefined;
    done.set(key, (seconds + Number.parseInt(offset, 36)) * 1000);
  }
  const from = seconds * 1000;
  if (part === undefined) return { from, done };
  if (!Array.isArray(part)) return undefined;
  const [key, count]: unknown[] = part;
  if (typeof key !== 'string' || typeof count !== 'number' || !(count > 0)) return undefined;
  return { from, done, part: [key, count] };
}
