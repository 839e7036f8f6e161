import { getEventListeners } from 'node:events';
import { Abort, type AnySignal, onAbort, toSignal } from '../../src/errors/signal';
import { fc } from '../support/fast-check';

test('a signal that many messages share has one listener, and all of them hear it', () => {
  const abort = new AbortController();
  const heard: number[] = [];
  for (let message = 0; message < 100; message++) onAbort(abort.signal, () => heard.push(message));
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
  abort.abort();
  expect(heard).toEqual(Array.from({ length: 100 }, (_, message) => message));
});

test('a message that is done hears nothing, and the last one takes the listener with it', () => {
  const abort = new AbortController();
  const heard: string[] = [];
  const stopOne = onAbort(abort.signal, () => heard.push('one'));
  const stopOther = onAbort(abort.signal, () => heard.push('other'));
  stopOne();
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
  stopOther();
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  onAbort(abort.signal, () => heard.push('third'));
  abort.abort();
  expect(heard).toEqual(['third']);
});

test('a message that is done twice takes no listener of another with it', () => {
  const { signal } = new AbortController();
  const stop = onAbort(signal, () => undefined);
  stop();
  onAbort(signal, () => undefined);
  stop();
  onAbort(signal, () => undefined);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
});

test.each([
  ['ours', new Abort()],
  ['a real signal', new AbortController()],
])('of %s, a function that is given twice is called twice, and each can be taken back', (_, abort) => {
  const signal = abort instanceof Abort ? abort : abort.signal;
  const heard: string[] = [];
  const act = () => heard.push('called');
  const stops = [1, 2, 3].map(() => onAbort(signal, act));
  stops[1]?.();
  abort.abort();
  expect(heard).toEqual(['called', 'called']);
});

test('a signal that has none is never heard', () => {
  const heard: string[] = [];
  onAbort(undefined, () => heard.push('never'))();
  expect(heard).toEqual([]);
});

test('a signal that has aborted is heard at once', () => {
  const heard: string[] = [];
  onAbort(AbortSignal.abort(), () => heard.push('now'))();
  expect(heard).toEqual(['now']);
});

test('one that is done while others are told is not told', () => {
  const abort = new AbortController();
  const heard: string[] = [];
  let stopSecond = () => {};
  onAbort(abort.signal, () => stopSecond());
  stopSecond = onAbort(abort.signal, () => heard.push('second'));
  abort.abort();
  expect(heard).toEqual([]);
});

/** What a listener does when it is called. */
const act = fc.oneof(
  fc.record({ do: fc.constant('nothing' as const) }),
  fc.record({ do: fc.constant('add' as const) }),
  fc.record({ do: fc.constant('remove' as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant('abort' as const), reason: fc.constantFrom('inner', null, undefined) }),
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), act }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('abort' as const),
      reason: fc.constantFrom('one', null, undefined),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Aborting {
  abort(reason?: unknown): void;
  state(): AnySignal;
  add(listener: () => void): () => void;
}

/** The plain way: each listener is one of a real signal's own. */
function realOne(): Aborting {
  const controller = new AbortController();
  const { signal } = controller;
  return {
    abort: (reason) => controller.abort(reason),
    state: () => signal,
    add: (listener) => {
      // Each a function of its own, as the same one would be added once only.
      const own = () => listener();
      if (signal.aborted) own();
      else signal.addEventListener('abort', own);
      return () => signal.removeEventListener('abort', own);
    },
  };
}

function ourOne(): Aborting {
  const abort = new Abort();
  return {
    abort: (reason) => abort.abort(reason),
    state: () => abort,
    add: (listener) => onAbort(abort, listener),
  };
}

/** The real one by way of `onAbort`, which gives it a single listener. */
function sharedOne(): Aborting {
  const real = realOne();
  return { ...real, add: (listener) => onAbort(real.state(), listener) };
}

/** Ours, as a real signal that is asked for in time. */
function asRealSignal(): Aborting {
  const abort = new Abort();
  const { signal } = abort;
  return {
    ...ourOne(),
    abort: (reason) => abort.abort(reason),
    state: () => signal,
    add: (l) => onAbort(signal, l),
  };
}

/** What is heard in the course of the steps, and what the signal then says. */
function heardBy(aborting: Aborting, steps: readonly Step[]): unknown[] {
  const heard: unknown[] = [];
  const stops: (() => void)[] = [];
  const doIt = (what: Act | Step): void => {
    if (what.do === 'add') add('act' in what ? what.act : { do: 'nothing' });
    if (what.do === 'remove') stops[what.which % stops.length]?.();
    if (what.do === 'abort') aborting.abort(what.reason);
  };
  const add = (then: Act) => {
    const name = stops.length;
    // Known before it is called at once.
    stops.push(() => stop());
    let stop = () => {};
    stop = aborting.add(() => {
      heard.push([name, aborting.state().aborted, said(aborting.state().reason)]);
      doIt(then);
    });
  };
  for (const now of steps) {
    doIt(now);
    heard.push([aborting.state().aborted, said(aborting.state().reason)]);
  }
  return heard;
}

/** A reason, by what can be seen of it. */
const said = (reason: unknown) =>
  reason instanceof DOMException ? `${reason.name}: ${reason.message}` : reason;

test.each([
  ['ours', ourOne],
  ['ours as a real signal', asRealSignal],
  ['a real signal with one listener for all', sharedOne],
])('%s calls whom a real signal calls, in its order, whatever they do meanwhile', (_, make) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      expect(heardBy(make(), steps)).toEqual(heardBy(realOne(), steps));
    }),
  );
});

test.each([
  ['ours', new Abort()],
  ['a real signal', new AbortController()],
])('of %s, a listener that throws is an uncaught exception, and the next is called', (_, abort) => {
  const nextTick = jest.spyOn(process, 'nextTick').mockReturnValue();
  const heard: string[] = [];
  const fault = new Error('a fault');
  const signal = abort instanceof Abort ? abort : abort.signal;
  onAbort(signal, () => {
    throw fault;
  });
  onAbort(signal, () => heard.push('next'));
  abort.abort();
  const later = nextTick.mock.calls.map(([act]) => act);
  nextTick.mockRestore();
  expect(heard).toEqual(['next']);
  expect(later).toHaveLength(1);
  expect(() => later[0]?.()).toThrow(fault);
});

test('a real signal is made once, and says what ours says', () => {
  const abort = new Abort();
  const signal = toSignal(abort);
  expect(signal).toBeInstanceOf(AbortSignal);
  expect(toSignal(abort)).toBe(signal);
  abort.abort('enough');
  expect(signal).toMatchObject({ aborted: true, reason: 'enough' });
});

test('a real signal of what was aborted before is aborted, for the same reason', () => {
  const abort = new Abort();
  abort.abort('enough');
  expect(abort.signal).toMatchObject({ aborted: true, reason: 'enough' });
});

test('a real signal stays what it is, and none stays none', () => {
  const { signal } = new AbortController();
  expect([toSignal(signal), toSignal(undefined)]).toEqual([signal, undefined]);
});
