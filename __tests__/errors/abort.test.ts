import { getEventListeners } from 'node:events';
import {
  closedError,
  givenUpError,
  SendTimeout,
  SendTimer,
  throwIfGivenUp,
  unlessGivenUp,
} from '../../src/errors/abort';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { createManualClock } from '../support/manual-clock';

test.each([
  ['its timeout', new SendTimeout(5000), false, 'ETIMEDOUT', 'not-accepted'],
  ['its timeout, too late', new SendTimeout(5000), true, 'ETIMEDOUT', 'unknown'],
  ['its caller', new Error('the user left'), false, 'EABORT', 'refused'],
  ['its caller, too late', new Error('the user left'), true, 'EABORT', 'unknown'],
  [
    'close()',
    new GraphTransportError('EABORT', 'Closed.', { outcome: 'not-accepted' }),
    false,
    'EABORT',
    'not-accepted',
  ],
  ['another failure of ours', new GraphTransportError('EAUTH', 'No.'), false, 'EABORT', 'refused'],
])('a send that is ended by %s says what became of the message', (_by, reason, mayBeSent, code, outcome) => {
  const error = givenUpError(AbortSignal.abort(reason), mayBeSent);
  expect(error).toMatchObject({
    code,
    cause: reason,
    message: expect.stringContaining(code === 'ETIMEDOUT' ? 'its timeout, 5000 ms. ' : 'was aborted. '),
    hint: mayBeSent
      ? 'The request had already reached Graph, so the message may have been sent.'
      : 'Nothing was sent.',
  });
  expect(error.details.outcome).toBe(outcome);
});

test('a send that has not been ended goes on', () => {
  expect(() => throwIfGivenUp(undefined)).not.toThrow();
  expect(() => throwIfGivenUp(new AbortController().signal)).not.toThrow();
  expect(() => throwIfGivenUp(AbortSignal.abort())).toThrow('The send was aborted. Nothing was sent.');
});

describe('work that others wait for too', () => {
  test('gives its result, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    expect(await unlessGivenUp(Promise.resolve('token'), signal)).toBe('token');
    expect(await unlessGivenUp(new Promise((done) => setImmediate(done, 'token')), undefined)).toBe('token');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('ends for the one who gives up, even if it fails later', async () => {
    const abort = new AbortController();
    let fail = (_: Error) => {};
    const work = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const waiting = unlessGivenUp(work, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'EABORT' });
    fail(new Error('too late'));
    await expect(unlessGivenUp(work, abort.signal)).rejects.toMatchObject({ code: 'EABORT' });
  });
});

/** A clock that stands still until it is told to go on, and its timers with it. */
function clockWithTimers() {
  const clock = createManualClock();
  const timer = (ms: number, act: () => void) => {
    const stop = new AbortController();
    void clock.sleep(ms, stop.signal).then(() => stop.signal.aborted || act());
    return () => stop.abort();
  };
  return { ...clock, timer };
}

describe('the timeout of a send', () => {
  test('ends it when the time is over, counted from its start', async () => {
    const clock = clockWithTimers();
    const abort = new AbortController();
    const timer = new SendTimer(clock, 5000, abort);
    await clock.pass(3000);
    timer.start();
    await clock.pass(4999);
    expect(abort.signal.aborted).toBe(false);
    expect(timer.elapsedMs).toBe(4999);
    await clock.pass(1);
    expect(abort.signal.reason).toMatchObject({ timeoutMs: 5000, message: 'The timeout of 5000 ms is over' });
  });

  test('begins again when it is started again, and ends when it is stopped', async () => {
    const clock = clockWithTimers();
    const abort = new AbortController();
    const timer = new SendTimer(clock, 5000, abort);
    timer.stop();
    timer.start();
    await clock.pass(4000);
    timer.start();
    await clock.pass(4000);
    expect([abort.signal.aborted, timer.elapsedMs]).toEqual([false, 4000]);
    timer.stop();
    await clock.pass(10_000);
    expect(abort.signal.aborted).toBe(false);
  });
});

test('what is asked of a closed transport was not sent, and may be sent by another one', () => {
  expect(closedError()).toMatchObject({
    code: 'ECONNECTION',
    message: expect.stringMatching(/^The transport is closed\./),
    hint: 'Nothing was sent.',
    retryable: true,
    ambiguous: false,
  });
});
