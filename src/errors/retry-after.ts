/**
 * The longest time that Node's timers can wait, 25 days. With a longer one, a queue's timer would fire at once.
 */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds; undefined if it cannot be understood.
 * Whatever the header says, the result is finite and not negative.
 *
 * Graph sends seconds (Microsoft Graph documentation, concepts/throttling.md); HTTP also allows a date.
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(MAX_WAIT_MS, Math.ceil(Number(text) * 1000));
  const date = httpDate(text);
  return date === undefined ? undefined : Math.min(MAX_WAIT_MS, Math.max(0, date - now));
}

/** An HTTP date in milliseconds since 1970; undefined if it is none. */
export function httpDate(value: string | undefined): number | undefined {
  // Date.parse accepts almost anything, but an HTTP date begins with a weekday.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i.test(value ?? '')) return undefined;
  const date = Date.parse(value ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** The first wait after a throttled request whose answer does not say how long to wait. */
const FIRST_THROTTLED_WAIT_MS = 30_000;

/**
 * How long to wait if the service throttles without naming a time: half a minute at first, doubled after each
 * further attempt, up to `maxDelay`. Exchange throttles over windows of five and ten minutes (Microsoft Graph
 * documentation, concepts/throttling-limits.md), and users have seen waits of over four minutes (zammad/zammad
 * #5565). Coming back within a second would prolong it.
 *
 * @param attempt the one that failed, from 1
 */
export function throttledWaitMs(attempt: number, maxDelay: number): number {
  const doubled = FIRST_THROTTLED_WAIT_MS * 2 ** (attempt - 1);
  return Math.max(FIRST_THROTTLED_WAIT_MS, Math.min(maxDelay, doubled));
}

/**
 * How long an answer asks us to wait: what its `Retry-After` says, or our own estimate if it throttles without
 * a number.
 */
export function waitOf(
  retryAfter: number | undefined,
  throttles: boolean,
): { retryAfter: number | undefined; isOwnWait: boolean } {
  return retryAfter === undefined && throttles
    ? { retryAfter: FIRST_THROTTLED_WAIT_MS, isOwnWait: true }
    : { retryAfter, isOwnWait: false };
}
