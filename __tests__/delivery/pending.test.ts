import { getEventListeners } from 'node:events';
import { WorkUnderWay } from '../../src/delivery/pending';

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
