import type { Clock } from '../../src/clock';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets time pass, and all that waits for it happen in its order. */
  pass(ms: number): Promise<void>;
}

interface Sleeper {
  until: number;
  wake: () => void;
}

/** @param random what chance says each time */
export function createManualClock(random = 0.5): ManualClock {
  let now = 1_000_000;
  let sleepers: Sleeper[] = [];
  // Everything that is due to happen without any time passing.
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    random: () => random,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        });
      }),
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        await settle();
        const [next] = sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (!next) break;
        sleepers = sleepers.filter((other) => other !== next);
        now = Math.max(now, next.until);
        next.wake();
      }
      now = end;
      await settle();
    },
  };
}
