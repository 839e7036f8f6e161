// What a process holds at a moment: heap, descriptors, timers and other handles, listeners, temporary files. What it
// holds afterwards is compared with that. Needs --expose-gc.
import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { getHeapCodeStatistics } from 'node:v8';

/**
 * How much the heap may grow, compiled code apart: V8 goes on compiling for minutes, and keeps more of it than it counts
 * as code. A closure that each of 40,000 messages left would be more than that.
 */
export const HEAP_TOLERANCE = 2_000_000;
/** How long what is on its way out may take: sockets that are closed, timers that run out. */
const SETTLES_MS = 15_000;
const MEMORY = new Set(['heap without code', 'array buffers and external']);

/** Numbers by what they count. `signal` and `dispatcher` are shared by all messages, and live on. */
export async function resources({ signal, dispatcher, weak }) {
  // Node opens them when they are first asked for.
  void [process.stdout, process.stderr];
  await settled();
  // What a finalizer lets go is gone only after the next turn, and the next collection.
  for (let n = 0; n < 5; n++) {
    globalThis.gc();
    await new Promise((done) => setImmediate(done));
  }
  const handles = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const { Timeout = 0, Immediate = 0, TCPSocketWrap = 0, TLSSocketWrap = 0, ...others } = handles;
  const { heapUsed, external } = process.memoryUsage();
  return {
    'heap without code': heapUsed - getHeapCodeStatistics().code_and_metadata_size,
    'array buffers and external': external,
    descriptors: readdirSync('/proc/self/fd').length,
    timers: Timeout,
    immediates: Immediate,
    sockets: TCPSocketWrap + TLSSocketWrap,
    'other handles': Object.values(others).reduce((sum, count) => sum + count, 0),
    'listeners of the shared signal': getEventListeners(signal, 'abort').length,
    'listeners of the shared dispatcher': listenersOf(dispatcher),
    'listeners of the process': listenersOf(process),
    'temporary files': readdirSync(tmpdir()).length,
    'transports that are not collected': weak.filter((ref) => ref.deref() !== undefined).length,
  };
}

/** Those of the numbers that are memory. */
export function memoryOf(numbers) {
  return Object.fromEntries(Object.entries(numbers).filter(([name]) => MEMORY.has(name)));
}

/** Prints both, and gives the names of what is not where it was. */
export function compareResources(before, after) {
  const rows = {};
  const grown = [];
  for (const [name, then] of Object.entries(before)) {
    const now = after[name];
    const tolerance = MEMORY.has(name) ? HEAP_TOLERANCE : 0;
    const isThere = now - then <= tolerance;
    if (!isThere) grown.push(name);
    const shown = (value) => (tolerance > 0 ? `${(value / 1e6).toFixed(2)} MB` : value);
    rows[name] = { before: shown(then), after: shown(now), 'where it was': isThere ? 'yes' : 'NO' };
  }
  console.table(rows);
  return grown;
}

async function settled() {
  const until = performance.now() + SETTLES_MS;
  for (let calm = 0, last = ''; calm < 5 && performance.now() < until; ) {
    await new Promise((done) => setTimeout(done, 100));
    const now = process.getActiveResourcesInfo().sort().join();
    calm = now === last ? calm + 1 : 0;
    last = now;
  }
}

function listenersOf(emitter) {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}
