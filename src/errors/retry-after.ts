/** The longest time that Node's timers can wait, 25 days; a queue that is told more would have it over at once. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * What a `Retry-After` asks for, in milliseconds; undefined when it says nothing that can be understood. It is finite
 * and not negative whatever the header says.
 *
 * Graph sends seconds (Microsoft Graph documentation, concepts/throttling.md); a date is the other form that
 * HTTP has.
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(LONGEST_WAIT_MS, Math.ceil(Number(text) * 1000));
  // Date.parse makes something of nearly anything; only what begins with a weekday is an HTTP date.
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, date - now));
}

/** The first wait after a throttled request whose answer does not say how long. */
const FIRST_THROTTLED_WAIT_MS = 30_000;

/**
 * How long to wait where the service throttles without a number: half a minute at first, and twice as long after each
 * further attempt until that is `maxDelay`. Exchange throttles over windows of five and ten minutes (Microsoft Graph
 * documentation, concepts/throttling-limits.md), and users meet waits of over four minutes (zammad/zammad #5565): to be
 * back within a second makes it last longer.
 *
 * @param attempt the one that failed, from 1
 */
export function throttledWaitMs(attempt: number, maxDelay: number): number {
  const doubled = FIRST_THROTTLED_WAIT_MS * 2 ** (attempt - 1);
  return Math.max(FIRST_THROTTLED_WAIT_MS, Math.min(maxDelay, doubled));
}

/**
 * How long an answer asks to wait, for an error: what its `Retry-After` says, else our own guess where it throttles.
 */
export function waitOf(
  retryAfter: number | undefined,
  throttles: boolean,
): { retryAfter: number | undefined; isOwnWait: boolean } {
  return retryAfter === undefined && throttles
    ? { retryAfter: FIRST_THROTTLED_WAIT_MS, isOwnWait: true }
    : { retryAfter, isOwnWait: false };
}
