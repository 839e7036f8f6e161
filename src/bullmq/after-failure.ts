/** How the messages of a queue are delivered. */
export type Delivery = 'exactly-once' | 'at-most-once';

/** What the queue does with a message that could not be sent. */
export type AfterFailure =
  /**
   * Puts it back, and no process takes a message of this mailbox for `ms`. This does not count as an attempt.
   */
  | { action: 'pause'; ms: number; because: 'throttled' }
  /** Puts it back for another process. This does not count as an attempt. */
  | { action: 'put-back'; because: 'the worker stops' }
  /** Sends it again after a wait, until its attempts are used up. */
  | { action: 'retry'; because: 'not sent' | 'exactly-once finds what was sent' }
  /** Never sends it again automatically. */
  | { action: 'fail'; because: 'refused' | 'may have been sent' };

/** The error codes of a send that ended because the transport was closed. */
const ENDED_BY_CLOSE = ['ECONNECTION', 'EABORT'];

/** Decides what becomes of a message from the error that `sendMail` rejected with. */
export function afterFailure(
  error: unknown,
  { delivery, isStopping }: { delivery: Delivery; isStopping: boolean },
): AfterFailure {
  const isAmbiguous = field(error, 'ambiguous') === true;
  const isRetryable = field(error, 'retryable') === true;
  const waitMs = retryAfterOf(error);
  // This comes first: whatever else the error says, sending again could deliver the mail twice.
  if (isAmbiguous && delivery !== 'exactly-once') return { action: 'fail', because: 'may have been sent' };
  if (isRetryable && waitMs > 0) return { action: 'pause', ms: waitMs, because: 'throttled' };
  if (isStopping && (isRetryable || isAmbiguous || ENDED_BY_CLOSE.includes(String(field(error, 'code'))))) {
    return { action: 'put-back', because: 'the worker stops' };
  }
  if (isAmbiguous) return { action: 'retry', because: 'exactly-once finds what was sent' };
  if (isRetryable) return { action: 'retry', because: 'not sent' };
  return { action: 'fail', because: 'refused' };
}

/**
 * Milliseconds until the next attempt: random, up to a limit that doubles with each attempt, so that messages
 * that failed together do not all come back together. It is never less than the service asked for.
 *
 * @param attempt attempts made so far, from 1
 * @param random at least 0 and less than 1
 */
export function backoffMs(attempt: number, baseMs: number, error: unknown, random: number): number {
  return Math.ceil(Math.max(retryAfterOf(error), random * baseMs * 2 ** attempt));
}

function retryAfterOf(error: unknown): number {
  const value = field(error, 'retryAfter');
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.ceil(value) : 0;
}

/**
 * Reads the field without checking the class: the error may come from another copy of this package, or from
 * Nodemailer.
 */
function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
