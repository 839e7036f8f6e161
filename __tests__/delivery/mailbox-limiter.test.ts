import { getEventListeners } from 'node:events';
import { MailboxLimiter } from '../../src/delivery/mailbox-limiter';
import type { Pauses } from '../../src/graph/message-requests';
import type { Limits } from '../../src/options/resolved-options';
import { createManualClock } from '../support/manual-clock';

const noLimits: Limits = {
  maxConnections: 4,
  maxTotalConnections: Infinity,
  rateLimit: undefined,
  rateDelta: 1000,
  maxQueue: Infinity,
};

/** A limiter, and messages that stay under way until they are ended. */
function setUp(limits: Partial<Limits> = {}) {
  const clock = createManualClock();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  let turns = 0;
  const limiter = new MailboxLimiter({ ...noLimits, ...limits }, clock, () => turns++);
  const send = (name: string, mailbox = 'a', signal?: AbortSignal) =>
    limiter.run(
      mailbox,
      (pauses: Pauses) =>
        new Promise<Pauses>((resolve) => {
          begun.push(name);
          ends.set(name, () => resolve(pauses));
        }),
      signal,
    );
  const end = async (name: string) => {
    await clock.pass(0);
    ends.get(name)?.();
    await clock.pass(0);
  };
  return { clock, limiter, begun, send, end, turns: () => turns };
}

test('lets four messages of a mailbox through at once, the others in the order in which they came', async () => {
  const { begun, send, end, clock, limiter } = setUp();
  for (const name of ['1', '2', '3', '4', '5', '6', '7']) void send(name);
  await clock.pass(0);
  expect(begun).toEqual(['1', '2', '3', '4']);
  expect(limiter.waiting).toBe(3);
  await end('3');
  expect(begun).toEqual(['1', '2', '3', '4', '5']);
  await end('1');
  await end('2');
  expect(begun).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  expect(limiter.waiting).toBe(0);
});

test('knows a mailbox however its name is spelled', async () => {
  const { begun, send, clock } = setUp({ maxConnections: 1 });
  void send('1', 'App@Contoso.example');
  void send('2', 'app@contoso.example');
  await clock.pass(0);
  expect(begun).toEqual(['1']);
});

test('takes letters beyond A to Z for no other spelling of a name', async () => {
  const { begun, send, clock } = setUp({ maxConnections: 1 });
  void send('1', 'kim@contoso.example');
  void send('2', '\u212aim@contoso.example');
  await clock.pass(0);
  expect(begun).toEqual(['1', '2']);
});

test('does not hold up a mailbox by the messages of another', async () => {
  const { begun, send, clock } = setUp({ maxConnections: 1 });
  void send('a1', 'a');
  void send('a2', 'a');
  void send('b1', 'b');
  await clock.pass(0);
  expect(begun).toEqual(['a1', 'b1']);
});

test('lets mailboxes take turns where there is a limit to all of them together', async () => {
  const { begun, send, end, clock } = setUp({ maxTotalConnections: 2 });
  for (const name of ['a1', 'a2', 'a3', 'a4']) void send(name, 'a');
  for (const name of ['b1', 'b2']) void send(name, 'b');
  void send('c1', 'c');
  await clock.pass(0);
  expect(begun).toEqual(['a1', 'a2']);
  await end('a1');
  await end('a2');
  await end('b1');
  await end('c1');
  await end('a3');
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('begins no more messages within rateDelta than rateLimit says, of each mailbox', async () => {
  const { begun, send, clock } = setUp({ maxConnections: 100, rateLimit: 2, rateDelta: 1000 });
  for (const name of ['1', '2', '3', '4', '5']) void send(name);
  void send('other', 'b');
  await clock.pass(0);
  expect(begun).toEqual(['1', '2', 'other']);
  await clock.pass(999);
  expect(begun).toHaveLength(3);
  await clock.pass(1);
  expect(begun).toEqual(['1', '2', 'other', '3', '4']);
  await clock.pass(1000);
  expect(begun).toHaveLength(6);
});

test('keeps to the rate also when the mailbox was quiet in between', async () => {
  const { begun, send, end, clock } = setUp({ rateLimit: 1, rateDelta: 1000 });
  void send('1');
  await end('1');
  await clock.pass(400);
  void send('2');
  await clock.pass(599);
  expect(begun).toEqual(['1']);
  await clock.pass(1);
  expect(begun).toEqual(['1', '2']);
});

test('a pause holds up what waits and what is under way, of that mailbox only', async () => {
  const { begun, send, end, clock, limiter } = setUp({ maxConnections: 2 });
  let isOver = false;
  let goOn = () => {};
  void limiter.run('a', async (pauses) => {
    pauses.pauseFor(5000);
    goOn = () => pauses.pauseFor(4000);
    await pauses.pauseOver(undefined);
    isOver = true;
  });
  await clock.pass(0);
  void send('2');
  void send('other', 'b');
  await clock.pass(3000);
  expect(begun).toEqual(['other']);
  goOn();
  await clock.pass(3999);
  expect([isOver, begun]).toEqual([false, ['other']]);
  await clock.pass(1);
  expect([isOver, begun]).toEqual([true, ['other', '2']]);
  await end('2');
});

test('a message that is aborted while it waits leaves the queue at once, and frees nothing that it never had', async () => {
  const { begun, send, end, clock, limiter } = setUp({ maxConnections: 1 });
  const abort = new AbortController();
  void send('1');
  const second = send('2', 'a', abort.signal);
  void send('3');
  abort.abort();
  await expect(second).rejects.toMatchObject({
    code: 'EABORT',
    ambiguous: false,
    message: expect.stringContaining('Nothing was sent'),
  });
  expect(limiter.waiting).toBe(1);
  await clock.pass(0);
  expect(begun).toEqual(['1']);
  await end('1');
  expect(begun).toEqual(['1', '3']);
});

test('a message that is aborted once it has begun is no longer any of its business', async () => {
  const { send, end, limiter, turns } = setUp({ maxConnections: 1 });
  const abort = new AbortController();
  void send('1');
  const second = send('2', 'a', abort.signal);
  await end('1');
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  abort.abort();
  expect([limiter.waiting, turns()]).toEqual([0, 1]);
  await end('2');
  await second;
});

test('refuses one message more than may wait, and says that it can be sent later', async () => {
  const { send, end, clock, begun } = setUp({ maxConnections: 1, maxQueue: 1 });
  void send('1');
  void send('2');
  await expect(send('3')).rejects.toMatchObject({
    code: 'ECONNECTION',
    retryable: true,
    message: expect.stringContaining('1 messages wait for their turn (maxQueue)'),
    hint: expect.stringMatching(/^Nothing was sent\. .*isIdle\(\).*maxQueue\.$/),
  });
  await end('1');
  void send('4');
  await clock.pass(0);
  await end('2');
  expect(begun).toEqual(['1', '2', '4']);
});

test('goes on after a message that fails', async () => {
  const { limiter, clock } = setUp({ maxConnections: 1 });
  const failing = limiter.run('a', () => Promise.reject(new Error('no')));
  const next = limiter.run('a', async () => 'sent');
  await expect(failing).rejects.toThrow('no');
  await clock.pass(0);
  expect(await next).toBe('sent');
});

test('tells of every message that waits no more, so that the sender knows of room', async () => {
  const { send, end, turns, limiter } = setUp({ maxConnections: 1 });
  void send('1');
  expect(turns()).toBe(0);
  const second = send('2');
  await end('1');
  expect(turns()).toBe(1);
  const third = send('3');
  limiter.rejectWaiting(new Error('closed'));
  await expect(third).rejects.toThrow('closed');
  expect(turns()).toBe(2);
  await end('2');
  await second;
});

test('a message that comes late does not overtake one whose time has come, even before a timer says so', async () => {
  let now = 0;
  const timers: (() => void)[] = [];
  const clock = {
    now: () => now,
    random: () => 0,
    sleep: () => new Promise<void>((wake) => timers.push(wake)),
  };
  const limiter = new MailboxLimiter({ ...noLimits, rateLimit: 1, rateDelta: 1000 }, clock);
  const begun: string[] = [];
  const send = (name: string) => limiter.run('a', async () => void begun.push(name));
  await send('first');
  void send('waits');
  now = 1000;
  void send('comes late');
  await new Promise(setImmediate);
  expect(begun).toEqual(['first', 'waits']);
  now = 2000;
  for (const wake of timers) wake();
  await new Promise(setImmediate);
  expect(begun).toEqual(['first', 'waits', 'comes late']);
});

test('keeps no timer that would keep the process from ending once nothing waits', async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const clock = {
    now: () => 0,
    random: () => 0,
    sleep: (_ms: number, signal?: AbortSignal) => {
      signals.push(signal);
      return new Promise<void>(() => undefined);
    },
  };
  const limiter = new MailboxLimiter({ ...noLimits, rateLimit: 1 }, clock);
  await limiter.run('a', async () => undefined);
  const abort = new AbortController();
  const waits = limiter.run('a', async () => undefined, abort.signal);
  expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
  abort.abort();
  await expect(waits).rejects.toMatchObject({ code: 'EABORT' });
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
});

test('sets no second timer for what would wake it no earlier, and leaves none behind', async () => {
  const signals: AbortSignal[] = [];
  const clock = {
    now: () => 0,
    random: () => 0,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake) => {
        if (!signal) return;
        signals.push(signal);
        signal.addEventListener('abort', () => wake());
      }),
  };
  const limiter = new MailboxLimiter({ ...noLimits, maxConnections: 1, rateLimit: 1 }, clock);
  const abort = new AbortController();
  limiter.pausesOf('a').pauseFor(5000);
  limiter.pausesOf('b').pauseFor(1000);
  const wait = (mailbox: string) => limiter.run(mailbox, async () => undefined, abort.signal);
  const waiting = [wait('a'), wait('a'), wait('b')];
  await new Promise(setImmediate);
  // The mailbox that may go on earlier takes over the timer.
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  abort.abort();
  for (const { status } of await Promise.allSettled(waiting)) expect(status).toBe('rejected');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

describe('the pauses of a mailbox, for requests that take no turn', () => {
  test('hold back its messages, and are held back by theirs', async () => {
    const { limiter, begun, send, clock } = setUp();
    const pauses = limiter.pausesOf('A');
    pauses.pauseFor(1000);
    void send('1', 'a');
    void send('2', 'b');
    await clock.pass(999);
    expect(begun).toEqual(['2']);
    let isOver = false;
    void pauses.pauseOver(undefined).then(() => {
      isOver = true;
    });
    await clock.pass(0);
    expect(isOver).toBe(false);
    await clock.pass(1);
    expect({ begun, isOver }).toEqual({ begun: ['2', '1'], isOver: true });
  });

  test('are forgotten once they are over', async () => {
    const { limiter, send, end, clock } = setUp();
    await limiter.pausesOf('a').pauseOver(undefined);
    expect(limiter.mailboxes).toBe(0);
    limiter.pausesOf('a').pauseFor(1000);
    expect(limiter.mailboxes).toBe(1);
    await clock.pass(1000);
    void send('1', 'b');
    await end('1');
    expect(limiter.mailboxes).toBe(0);
  });

  test('are forgotten as each is over, whichever began first', async () => {
    const { limiter, send, end, clock } = setUp();
    for (const [mailbox, ms] of [
      ['a', 5000],
      ['b', 1000],
      ['c', 3000],
    ] as const) {
      limiter.pausesOf(mailbox).pauseFor(ms);
    }
    const left: number[] = [];
    for (const ms of [1000, 2000, 2000]) {
      await clock.pass(ms);
      void send('x', 'x');
      await end('x');
      left.push(limiter.mailboxes);
    }
    expect(left).toEqual([2, 1, 0]);
  });
});
