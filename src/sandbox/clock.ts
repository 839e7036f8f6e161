import timers from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';

// Only this file asks the machine for the time, or sets a timer of Node's.

export { sleep };

/** The machine's clock, in milliseconds since 1970. It is a test's own if fake timers were installed before. */
export const machineClock = (): (() => number) => Date.now;

export const today = (): Date => new Date();

/** Aborts after so many milliseconds. */
export const abortAfter = (ms: number): AbortSignal => AbortSignal.timeout(ms);

/** Calls back once, if the process has not ended by then. Returns the function that stops it. */
export function after(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms).unref();
  return () => clearTimeout(timer);
}

// Held from the start: the fake timers of Jest and Vitest replace the global ones.
const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout } = timers;

/** Calls back once, even if a test has stopped the time. Returns the function that stops it. */
export function afterRealTime(ms: number, act: () => void): () => void {
  const timer = setRealTimeout(act, ms);
  return () => clearRealTimeout(timer);
}

/** Calls back again and again. Returns the function that stops it. */
export function every(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
}
