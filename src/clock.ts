import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance, so that a test can hold both in its hand. */
export interface Clock {
  /**
   * Milliseconds that have passed since some moment. It never goes back: whoever sets the machine's clock back by an
   * hour must not make a mailbox wait for that hour.
   */
  now(): number;
  /** Resolves when the time is over, or as soon as the signal aborts: what that means is the caller's to say. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to, and without, 1. */
  random(): number;
  /** Calls back when the time is over, unless the function that it returns is called before. By default setTimeout. */
  timer?(ms: number, act: () => void): () => void;
}

/** Starts a timer of the clock, and gives the function that stops it. */
export function startTimer(clock: Clock, ms: number, act: () => void): () => void {
  if (clock.timer) return clock.timer(ms, act);
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** The longest that Node's timers can wait; a longer time would be over at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    sleep(Math.min(ms, LONGEST_TIMER_MS), undefined, signal ? { signal } : {}).catch(() => undefined),
  random: Math.random,
};
