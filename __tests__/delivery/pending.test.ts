import { getEventListeners } from 'node:events';
import { Queues, WorkUnderWay } from '../../src/delivery/pending';
import type { Limits } from '../../src/options/resolved-options';
import { createManualClock } from '../support/manual-clock';

/** Work that ends when it is aborted, with the reason. */
const untilAborted = ({ signal }: AbortController) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('work is aborted by its own signal, and only that work', async () => {
  const works = new WorkUnderWay();
  const { signal, abort } = withAbort();
  const own = works.do(signal, untilAborted);
  void works.do(undefined, untilAborted).catch(() => undefined);
  abort('enough');
  await expect(own).rejects.toBe('enough');
  expect(works.size).toBe(1);
});

test('all work is aborted with one reason', async () => {
  const works = new WorkUnderWay();
  const all = [1, 2].map(() => works.do(undefined, untilAborted));
  const closed = new Error('closed');
  works.abortAll(closed);
  expect(await Promise.allSettled(all)).toEqual(all.map(() => ({ status: 'rejected', reason: closed })));
});

test('the end of what is under way is waited for, however it ends, and what comes later is not', async () => {
  const works = new WorkUnderWay();
  let finish = () => {};
  const slow = works.do(undefined, () => new Promise<void>((resolve) => (finish = resolve)));
  works.do(undefined, () => Promise.reject(new Error('no'))).catch(() => undefined);
  const ended = works.ended();
  void works.do(undefined, untilAborted).catch(() => undefined);
  finish();
  await ended;
  await slow;
  expect(works.size).toBe(1);
});

test('what has ended is counted no longer, and leaves no listener at its signal', async () => {
  const works = new WorkUnderWay();
  const { signal } = withAbort();
  expect(await works.do(signal, async () => 7)).toBe(7);
  await expect(works.do(signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(works.size).toBe(0);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

function withAbort() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason: string) => controller.abort(reason) };
}

describe('the queues of a transport', () => {
  const forever = () => new Promise<void>(() => undefined);
  const setUp = (limits: Partial<Limits> = {}) => {
    let turns = 0;
    const clock = createManualClock();
    const queues = new Queues(
      { maxConnections: 1, maxTotalConnections: 1, rateLimit: 1, rateDelta: 1000, maxQueue: 100, ...limits },
      clock,
      () => turns++,
    );
    return { queues, clock, turns: () => turns };
  };

  test('let sixteen messages be read ahead, however few may be sent at once', async () => {
    const { queues, clock } = setUp();
    let read = 0;
    const reading = () => {
      read++;
      return forever();
    };
    for (let n = 0; n < 20; n++) void queues.readAhead.run('a', reading).catch(() => undefined);
    await clock.pass(0);
    expect(read).toBe(16);
    expect(queues.readAhead.waiting).toBe(4);
  });

  test('count all that wait, and tell of each that waits no longer', async () => {
    const { queues, clock, turns } = setUp();
    const ends: (() => void)[] = [];
    const untilEnded = () => new Promise<void>((resolve) => ends.push(resolve));
    for (let n = 0; n < 3; n++) void queues.limiter.run('a', untilEnded);
    for (let n = 0; n < 17; n++) void queues.readAhead.run('a', untilEnded);
    await clock.pass(0);
    expect([queues.waiting, turns()]).toEqual([3, 0]);
    for (const end of ends) end();
    await clock.pass(1000);
    expect([queues.waiting, turns()]).toEqual([1, 2]);
  });

  test('fail whatever waits, and nothing that is under way', async () => {
    const { queues, clock } = setUp();
    const closed = new Error('closed');
    const all = [queues.limiter, queues.readAhead].flatMap((queue) =>
      Array.from({ length: 17 }, () => queue.run('a', forever)),
    );
    const reasons: unknown[] = [];
    for (const one of all) one.catch((error: unknown) => reasons.push(error));
    await clock.pass(0);
    queues.rejectWaiting(closed);
    await clock.pass(0);
    expect(reasons).toEqual(Array.from({ length: 17 }, () => closed));
    expect(queues.waiting).toBe(0);
  });
});
