import { getEventListeners } from 'node:events';
import { HttpResponse, http } from 'msw';
import type { Clock } from '../../src/clock';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { property } from '../../src/graph/answer-error';
import { GraphClient } from '../../src/graph/client';
import {
  MessageRequests,
  type MessageRequestsOptions,
  type RetryEvent,
} from '../../src/graph/message-requests';
import { useGraphWire } from '../support/graph-wire';
import { scriptedRequests } from '../support/scripted-requests';

const endpoint = 'https://graph.microsoft.com';
const path = '/v1.0/users/app/messages/1';
const uploadUrl = 'https://outlook.office.com/upload/session';

const wire = useGraphWire();

/** The requests of a message, on a clock whose waits are over at once, and what they did about time. */
function setUp(more: Partial<MessageRequestsOptions> = {}) {
  const told = {
    slept: [] as number[],
    paused: [] as number[],
    pausesKept: 0,
    timers: [] as { ms: number; act: () => void; isRunning: boolean }[],
    retries: [] as RetryEvent[],
    attempts: [] as number[],
  };
  let now = 1000;
  const clock: Clock = {
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      told.slept.push(ms);
      now += ms;
    },
    timer: (ms, act, inBackground) => {
      // The longest wait for the rest of an answer also has a timer, which keeps no process alive.
      if (inBackground) return () => undefined;
      const timer = { ms, act, isRunning: true };
      told.timers.push(timer);
      return () => {
        timer.isRunning = false;
      };
    },
  };
  const client = new GraphClient({
    endpoint,
    tokens: { get: async () => 'token', renew: async () => 'token', distrust: () => undefined },
    dispatcher: wire.dispatcher,
    socketTimeout: 5000,
    clock,
  });
  const pauses = {
    pauseOver: async () => {
      told.pausesKept++;
    },
    pauseFor: (ms: number) => {
      told.paused.push(ms);
    },
  };
  const requests = new MessageRequests({
    client,
    pauses,
    policy: { attempts: 5, maxDelay: 180_000 },
    clock,
    signal: undefined,
    onRetry: (event) => told.retries.push(event),
    onAttempt: (attempts) => told.attempts.push(attempts),
    ...more,
  });
  return { requests, told, clock };
}

/** Answers with one status after the other, the last of them for good. */
function answer(method: 'delete' | 'post' | 'get', ...statuses: (number | 'reset')[]) {
  let at = 0;
  wire.use(
    http[method](`${endpoint}${path}`, () => {
      const status = statuses[Math.min(at++, statuses.length - 1)];
      return typeof status === 'number' ? new HttpResponse(null, { status }) : HttpResponse.error();
    }),
  );
}

const deletion = { method: 'DELETE', path, what: 'the request to delete the draft', expect: 204 } as const;
const sending = { method: 'POST', path, what: 'the message', expect: 202, sends: true } as const;
const search = { method: 'GET', path, what: 'the search', expect: 200, repeatable: true } as const;

describe('clean-up', () => {
  test.each([503, 429, 'reset'] as const)('is repeated after %s, a little later', async (failure) => {
    answer('delete', failure, 204);
    const { requests, told } = setUp();
    await expect(requests.cleanUp(deletion)).resolves.toMatchObject({ status: 204 });
    expect(wire.requests).toHaveLength(2);
    expect(told.slept).toEqual([500]);
  });

  test('waits longer before its third attempt, which is the last', async () => {
    answer('delete', 500);
    const { requests, told } = setUp();
    await expect(requests.cleanUp(deletion)).rejects.toMatchObject({ responseCode: 500 });
    expect(wire.requests).toHaveLength(3);
    expect(told.slept).toEqual([500, 1000]);
  });

  test('waits no longer than maxDelay', async () => {
    answer('delete', 500);
    const { requests, told } = setUp({ policy: { attempts: 5, maxDelay: 600 } });
    await expect(requests.cleanUp(deletion)).rejects.toThrow();
    expect(told.slept).toEqual([500, 600]);
  });

  test('is not repeated once it is refused: Graph would refuse it again', async () => {
    answer('delete', 403);
    const { requests, told } = setUp();
    await expect(requests.cleanUp(deletion)).rejects.toMatchObject({ responseCode: 403 });
    expect(wire.requests).toHaveLength(1);
    expect(told.slept).toEqual([]);
  });

  test('is repeated while its answer is not what was asked for', async () => {
    let asked = 0;
    wire.use(http.get(`${endpoint}${path}`, () => HttpResponse.json({ asked: ++asked })));
    const check = (body: string) => {
      if (!body.includes('2')) throw new GraphTransportError('ECONNECTION', 'No.', { outcome: 'unknown' });
    };
    const { requests } = setUp();
    await expect(requests.cleanUp({ ...search, wantsBody: true, check })).resolves.toMatchObject({
      body: '{"asked":2}',
    });
  });

  test('has no time limit while the send goes on', async () => {
    answer('delete', 204);
    const abort = new AbortController();
    const { requests, told } = setUp({ signal: abort.signal });
    await requests.cleanUp(deletion);
    expect(told.timers).toEqual([]);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  test('goes on after an abort, for fifteen seconds in all, in which it may be repeated', async () => {
    answer('delete', 500, 204);
    const abort = new AbortController();
    abort.abort();
    const { requests, told } = setUp({ signal: abort.signal });
    await requests.cleanUp(deletion);
    expect(told.timers).toMatchObject([
      { ms: 15_000, isRunning: false },
      { ms: 14_500, isRunning: false },
    ]);
  });

  test('that has had its fifteen seconds has none left, whatever else there is to clean up', async () => {
    answer('delete', 204);
    const abort = new AbortController();
    abort.abort();
    const { requests, told, clock } = setUp({ signal: abort.signal });
    await requests.cleanUp(deletion);
    await clock.sleep(20_000);
    await requests.cleanUp(deletion);
    expect(told.timers.map(({ ms }) => ms)).toEqual([15_000, 0]);
  });

  test.each([
    ['a draft', (requests: MessageRequests) => requests.cleanUp(deletion)],
    [
      'an upload session',
      (requests: MessageRequests) => requests.cleanUpUpload({ method: 'DELETE', url: uploadUrl }),
    ],
  ])('of %s ends when the time that an abort left for it is over', async (_, cleanUp) => {
    const abort = new AbortController();
    const { requests, told } = setUp({ signal: abort.signal });
    const hang = async () => {
      // The send is aborted while the request is under way, and no answer comes.
      abort.abort(new Error('enough'));
      for (const { act } of told.timers) act();
      return HttpResponse.error();
    };
    wire.use(http.delete(`${endpoint}${path}`, hang), http.delete(uploadUrl, hang));
    await expect(cleanUp(requests)).rejects.toMatchObject({ code: 'EABORT', cause: { message: 'enough' } });
    expect(told.timers[0]).toMatchObject({ ms: 15_000, isRunning: false });
  });

  test('pauses like the steps that it undoes, but even after an abort', async () => {
    const abort = new AbortController();
    abort.abort();
    const { requests, told } = setUp({ signal: abort.signal, policy: { attempts: 5, maxDelay: 900 } });
    for (const attempt of [1, 2, 3]) await requests.cleanUpMoment(attempt);
    expect(told.slept).toEqual([250, 500, 900]);
  });
});

describe('a request that fails', () => {
  test('says how many times it was tried', async () => {
    answer('get', 503);
    const { requests } = setUp({ policy: { attempts: 3, maxDelay: 1 } });
    await expect(requests.call(search)).rejects.toMatchObject({
      hint: expect.stringMatching(/It was tried 3 times\.$/),
    });
    const once = setUp({ policy: { attempts: 1, maxDelay: 1 } });
    await expect(once.requests.call(search)).rejects.toMatchObject({
      hint: expect.not.stringContaining('tried'),
    });
  });

  test('says so after the advice that it had', () => {
    const { requests } = setUp();
    const error = new GraphTransportError('ECONNECTION', 'No.', { outcome: 'not-accepted', hint: 'Wait.' });
    expect(requests.afterAttempts(error, 2).hint).toBe('Wait. It was tried 2 times.');
  });

  test('says only how many times it was tried if there is no advice', () => {
    const { requests } = setUp();
    const error = new GraphTransportError('ECONNECTION', 'No.', { outcome: 'not-accepted' });
    expect(requests.afterAttempts(error, 2).hint).toBe('It was tried 2 times.');
  });

  test('waits by itself, and holds up nothing else', async () => {
    answer('get', 503, 200);
    const { requests, told } = setUp();
    await requests.call(search);
    expect(told).toMatchObject({ slept: [500], paused: [] });
    expect(told.retries).toMatchObject([
      { attempt: 1, waitMs: 500, throttled: false, error: { responseCode: 503 } },
    ]);
  });

  test('holds up its mailbox if Graph throttles, and waits there like everything else', async () => {
    answer('get', 429, 200);
    const { requests, told } = setUp();
    await requests.call(search);
    expect(told).toMatchObject({ slept: [], paused: [30_000], pausesKept: 2 });
    expect(told.retries).toMatchObject([{ attempt: 1, waitMs: 30_000, throttled: true }]);
  });

  test('holds up its mailbox if Graph asks for a wait, whatever the status', async () => {
    let asked = 0;
    wire.use(
      http.get(`${endpoint}${path}`, () =>
        ++asked === 1
          ? new HttpResponse(null, { status: 503, headers: { 'retry-after': '7' } })
          : new HttpResponse(null, { status: 200 }),
      ),
    );
    const { requests, told } = setUp();
    await requests.call(search);
    expect(told).toMatchObject({ slept: [], paused: [7000] });
  });

  test('is not repeated after an error in our own code', async () => {
    answer('get', 200);
    const { requests } = setUp();
    const check = () => {
      throw new TypeError('a bug');
    };
    await expect(requests.call({ ...search, check })).rejects.toThrow('a bug');
    expect(wire.requests).toHaveLength(1);
  });

  test('is not repeated once the send is aborted', async () => {
    answer('get', 200);
    const abort = new AbortController();
    const { requests, told } = setUp({ signal: abort.signal });
    const check = () => {
      abort.abort();
      throw new GraphTransportError('ECONNECTION', 'No.', { outcome: 'not-accepted' });
    };
    await expect(requests.call({ ...search, check })).rejects.toMatchObject({
      code: 'EABORT',
      ambiguous: false,
    });
    expect(wire.requests).toHaveLength(1);
    expect(told).toMatchObject({ slept: [], retries: [] });
  });
});

test('counts the requests that send, and no others', async () => {
  answer('get', 200);
  answer('post', 429, 202);
  const { requests, told } = setUp();
  await requests.call(search);
  expect(requests.attempts).toBe(0);
  await requests.call(sending);
  expect(requests.attempts).toBe(2);
  expect(told.attempts).toEqual([1, 2]);
});

test('may be repeated, waited for and counted without telling anyone', async () => {
  answer('post', 429, 202);
  const { requests } = setUp({ onRetry: undefined, onAttempt: undefined });
  await requests.call(sending);
  await requests.waitOut(new GraphTransportError('EMESSAGE', 'Not yet.'), 1);
  expect(requests.attempts).toBe(2);
});

test('a request that may have sent the message is not made again', async () => {
  answer('post', 500);
  const { requests } = setUp();
  await expect(requests.call(sending)).rejects.toMatchObject({ ambiguous: true });
  expect(wire.requests).toHaveLength(1);
});

test('a message that is aborted while its mailbox pauses makes no request', async () => {
  const abort = new AbortController();
  const pauses = { pauseOver: async () => abort.abort(), pauseFor: () => undefined };
  const { requests } = setUp({ signal: abort.signal, pauses });
  await expect(requests.call(sending)).rejects.toMatchObject({ code: 'EABORT', ambiguous: false });
  expect(wire.requests).toEqual([]);
  expect(requests.attempts).toBe(0);
});

test('an upload waits while its mailbox pauses, too', async () => {
  wire.use(http.put(uploadUrl, () => new HttpResponse(null, { status: 201 })));
  const { requests, told } = setUp();
  await expect(requests.upload({ method: 'PUT', url: uploadUrl })).resolves.toMatchObject({ status: 201 });
  expect(told.pausesKept).toBe(1);
});

describe('what takes Graph a moment', () => {
  test('is waited for longer each time, up to maxDelay', async () => {
    const { requests, told } = setUp({ policy: { attempts: 5, maxDelay: 1500 } });
    for (const attempt of [1, 2, 3, 4]) await requests.moment(attempt);
    await requests.wait(100);
    expect(told.slept).toEqual([250, 500, 1000, 1500, 100]);
  });

  test('is waited for as long as Graph asks, and the wait is logged', async () => {
    const error = (retryAfter?: number) => new GraphTransportError('EMESSAGE', 'Not yet.', { retryAfter });
    const { requests, told } = setUp({ policy: { attempts: 5, maxDelay: 5000 } });
    await requests.waitOut(error(), 2);
    await requests.waitOut(error(3000), 1);
    await requests.waitOut(error(60_000), 1);
    expect(told.slept).toEqual([500, 3000, 5000]);
    expect(told.retries).toMatchObject([
      { attempt: 2, waitMs: 500, throttled: false },
      { attempt: 1, waitMs: 3000, throttled: false },
      { attempt: 1, waitMs: 5000, throttled: false },
    ]);
  });

  test('is no longer waited for once the send is aborted', async () => {
    const abort = new AbortController();
    abort.abort();
    const { requests } = setUp({ signal: abort.signal });
    await expect(requests.moment(1)).rejects.toMatchObject({ code: 'EABORT' });
  });
});

describe('when Graph throttles every attempt', () => {
  const throttled = async (headers?: Record<string, string>, attempts = 2) => {
    const reply = {
      status: 429,
      body: { error: { code: 'ApplicationThrottled', message: 'Slow.' } },
      headers,
    };
    const { requests } = scriptedRequests(() => reply, { policy: { attempts, maxDelay: 600_000 } });
    return requests
      .call({ method: 'GET', path, what: 'the search', expect: 200, repeatable: true })
      .catch((error: unknown) => error);
  };

  test('the time to wait grows with the attempts, if Graph names none', async () => {
    const [two, three] = [await throttled({}, 2), await throttled({}, 3)];
    expect(two).toMatchObject({ responseCode: 429, retryAfter: expect.any(Number) });
    expect(Number(property(three, 'retryAfter'))).toBeGreaterThan(Number(property(two, 'retryAfter')));
  });

  test('it is what Graph names', async () => {
    expect(await throttled({ 'retry-after': '7' })).toMatchObject({ retryAfter: 7000 });
  });
});
