import { join, sep } from 'node:path';
import { systemClock } from '../../src/clock';

const src = join(__dirname, '../../src') + sep;

/** Lets everyone use what the machine has, except the transport. */
function keepFromSource<F extends (...args: never[]) => unknown>(name: string, own: F): F {
  return new Proxy(own, {
    apply(target, self, args) {
      const [, , caller = ''] = new Error().stack?.split('\n') ?? [];
      if (caller.includes(src) && !caller.includes(`${src}sandbox${sep}`)) {
        throw new Error(`${name} is not the clock that was injected: ${caller.trim()}`);
      }
      return Reflect.apply(target, self, args);
    },
  });
}

Date.now = keepFromSource('Date.now', Date.now);
performance.now = keepFromSource('performance.now', performance.now.bind(performance));
globalThis.setTimeout = keepFromSource('setTimeout', setTimeout);

/** Less than tokens that are nearly over have left. */
const AHEAD_MS = 30_000;
const DAY_MS = 86_400_000;

// A time of one clock that is compared with a time of another is off by as much.
Object.assign(systemClock, {
  date: () => Date.now() + AHEAD_MS,
  now: () => performance.now() + 1000 * DAY_MS,
  timer(ms: number, act: () => void, inBackground?: boolean) {
    const timer = setTimeout(act, ms);
    if (inBackground) timer.unref();
    return () => clearTimeout(timer);
  },
});
