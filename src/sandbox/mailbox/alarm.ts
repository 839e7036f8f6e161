import type { SandboxSettings } from '../settings';

/** The longest that a timer of Node waits. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls back when a time has come, for what would else be noticed by the next request only. By the machine's clock
 * alone: of another clock nobody knows when it gets there.
 */
export function createAlarm({ now }: Pick<SandboxSettings, 'now'>, ring: () => number | undefined) {
  let timer: NodeJS.Timeout | undefined;
  function set(at: number | undefined): void {
    clearTimeout(timer);
    if (at === undefined || now !== Date.now) return;
    // Never what keeps a process alive.
    timer = setTimeout(() => set(ring()), Math.min(Math.max(at - now(), 0), LONGEST_MS)).unref();
  }
  return { set };
}
