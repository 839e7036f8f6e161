import { GraphTransportError } from '../errors/graph-transport-error';
import { callOptions } from '../options/call-options';

/**
 * What Exchange says became of a message for one recipient. Microsoft's list may grow: a status that is not in it is
 * passed on as it is (documented: exchangemessagetrace.md).
 */
export type TraceStatus =
  | 'gettingStatus'
  | 'pending'
  | 'failed'
  | 'delivered'
  | 'expanded'
  | 'quarantined'
  | 'filteredAsSpam'
  | 'recalled'
  | (string & Record<never, never>);

/** One step of a message on its way to a recipient. */
export interface TraceDetail {
  /** When it happened. */
  at: Date;
  /** What happened, in Exchange's word: `Receive`, `Deliver`, `Fail` and others. */
  event: string;
  /** What was done to the message. Undefined if Exchange does not say. */
  action: string | undefined;
  /** The same in a sentence. */
  description: string | undefined;
  /** More about it, usually as XML. */
  data: string | undefined;
}

/** What the message trace says about a message and one of its recipients. */
export interface MessageTrace {
  /** The address. */
  recipient: string;
  /** What Exchange says became of the message. */
  status: TraceStatus;
  /** When Exchange Online received the message, in whole seconds. */
  receivedAt: Date;
  /** The subject. Undefined if Exchange does not say, as are all that follow. */
  subject?: string | undefined;
  /** The IP address that the message came from. */
  fromIP?: string | undefined;
  /** The IP address that it went to; none if it stayed in Exchange Online. */
  toIP?: string | undefined;
  /** The size of the message in bytes. */
  size?: number | undefined;
  /** The id of the trace: the same for all recipients of a message. */
  id: string;
  /** The steps, oldest first; only with `details: true`. */
  details?: TraceDetail[];
}

/** What `transport.trace()` may be given. */
export interface TraceOptions {
  /**
   * Whether to ask for the steps of each recipient too. That is one more request for each.
   *
   * @default false
   */
  details?: boolean | undefined;
  /**
   * The message was received then or later. A date as text is read as by `new Date()`. At most 90 days back; each 10
   * days are a request.
   *
   * @default ten days ago
   */
  since?: Date | string | undefined;
  /** Ends the call: it then fails with `EABORT`. */
  signal?: AbortSignal | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** The longest time that one request may ask about (documented: messagetracingroot-list-messagetraces.md). */
const WINDOW_MS = 10 * DAY_MS;
/** How far back it may ask (documented there). */
const MAX_AGE_MS = 90 * DAY_MS;
/** The request takes a while to arrive, and the service's clock may be ahead. */
const MARGIN_MS = 5 * 60 * 1000;

const NAMES = ['details', 'since', 'signal'] as const satisfies (keyof TraceOptions)[];

/** A time that one request asks about, in milliseconds since 1970, in whole seconds. */
export interface TraceWindow {
  from: number;
  to: number;
}

/** What to ask for. */
export interface CheckedTraceOptions {
  details: boolean;
  windows: TraceWindow[];
}

/**
 * @param now in milliseconds since 1970
 * @throws GraphTransportError `ECONFIG` if an option is wrong
 */
export function checkTraceOptions(options: TraceOptions, now: number): CheckedTraceOptions {
  const { details = false, since } = callOptions('trace()', options, NAMES);
  if (typeof details !== 'boolean') throw wrong(`details must be true or false, got ${typeof details}.`);
  const from = since === undefined ? now - WINDOW_MS : new Date(since).getTime();
  if (Number.isNaN(from)) throw wrong('since must be a date.');
  if (from > now) throw wrong('since is in the future.');
  if (from < now - MAX_AGE_MS) {
    throw wrong(
      'since is more than 90 days ago.',
      'Exchange keeps message traces for 90 days: give a later date.',
    );
  }
  return { details, windows: windowsOf(Math.max(from, now - MAX_AGE_MS + MARGIN_MS), now) };
}

/** The time from then to now, in parts of ten days at most, oldest first. */
function windowsOf(since: number, now: number): TraceWindow[] {
  const windows: TraceWindow[] = [];
  const end = wholeSeconds(now);
  for (let from = wholeSeconds(since); windows.length === 0 || from < end; from += WINDOW_MS) {
    windows.push({ from, to: Math.min(end, from + WINDOW_MS) });
  }
  return windows;
}

/** Down to the second, as Graph shows times: so the second that a message came in is part of it. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function wrong(why: string, hint?: string): GraphTransportError {
  return new GraphTransportError('ECONFIG', `trace(): ${why}`, { hint });
}
