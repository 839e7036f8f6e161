import { join, sep } from 'node:path';
import { systemClock } from '../../src/clock';

const src = join(__dirname, '../../src') + sep;

/**
 * The file that called the caller of the caller. Jest would look up each line of the stack in a source map, which takes
 * longer than many of the tests.
 */
function callingFile(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let file = '';
  Error.stackTraceLimit = 3;
  Error.prepareStackTrace = (_error, [, , caller]) => {
    file = caller?.getFileName() ?? '';
  };
  // It is prepared when it is read.
  void new Error().stack;
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return file;
}

/** Lets everyone use what the machine has, except the transport. */
function keepFromSource<F extends (...args: never[]) => unknown>(name: string, own: F): F {
  return new Proxy(own, {
    apply(target, self, args) {
      const file = callingFile();
      if (file.startsWith(src) && !file.startsWith(`${src}sandbox${sep}`)) {
        throw new Error(`${name} is not the clock that was injected: ${file}`);
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
