import { setTimeout as sleep } from 'node:timers/promises';

/** Time and randomness, which tests can replace. */
export interface Clock {
  /**
   * Milliseconds since some fixed moment. It never goes back: if someone sets the machine's clock back by an
   * hour, no mailbox may wait for that hour.
   */
  now(): number;
  /** Resolves when the time is over or the signal aborts, whichever comes first. It never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** At least 0 and less than 1. */
  random(): number;
  /**
   * Calls back when the time is over, unless the function it returns is called first. Without it, `setTimeout`
   * is used.
   *
   * @param inBackground whether the process may end while this is running
   */
  timer?(ms: number, act: () => void, inBackground?: boolean): () => void;
  /**
   * Milliseconds since 1970, as the dates that services send are counted. Without it, `Date.now` is used.
   */
  date?(): number;
}

/** The longest time that Node's timers can wait. A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. Only this file asks the machine for the time, or sets a timer of Node's. */
export const systemClock: Required<Clock> = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    sleep(Math.min(ms, MAX_TIMER_MS), undefined, signal ? { signal } : {}).catch(() => undefined),
  random: Math.random,
  timer(ms, act, inBackground = false) {
    const timer = setTimeout(act, Math.min(ms, MAX_TIMER_MS));
    if (inBackground) timer.unref();
    return () => clearTimeout(timer);
  },
  date: () => Date.now(),
};

/** The clock's date, in milliseconds since 1970. */
export function dateOf(clock: Clock): number {
  return clock.date ? clock.date() : systemClock.date();
}

/**
 * Starts a timer and returns the function that stops it.
 *
 * @param inBackground whether the process may end while this is running
 */
export function startTimer(clock: Clock, ms: number, act: () => void, inBackground = false): () => void {
  return clock.timer ? clock.timer(ms, act, inBackground) : systemClock.timer(ms, act, inBackground);
}
