import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import {
  type GraphTransportOptions,
  graphTransport,
  type QueueNotice,
  type SendTrace,
} from '../../src/index';
import { type RunningSandbox, type SandboxFault, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
const undo: (() => void)[] = [];
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  for (const step of undo.splice(0)) step();
  await sandbox.close();
});

const NAME = 'nodemailer-graph-transport';

const letter: SendMailOptions = {
  to: 'ann@example.com',
  subject: 'A confidential subject',
  text: 'A confidential body',
  messageId: '<1@contoso.example>',
};

/** A failure after which a request is made again, and its mailbox need not wait. */
const TRANSIENT: SandboxFault = { kind: 'answer', status: 403, code: 'ErrorMessageTransientError' };

function createTransport(options: GraphTransportOptions = {}) {
  const transport = graphTransport({ ...sandbox.options, ...options });
  undo.push(() => void transport.close());
  return transport;
}
const createTransporter = (options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(createTransport(options));

/** What a channel tells from here on. */
function heard(name: string): unknown[] {
  const told: unknown[] = [];
  const listener = (message: unknown) => void told.push(message);
  subscribe(name, listener);
  undo.push(() => unsubscribe(name, listener));
  return told;
}

/** The events of messages from here on, in order, with what was known by then. */
function traces() {
  const events: { event: string; trace: SendTrace; known: SendTrace }[] = [];
  const on = (event: string) => (trace: SendTrace) => void events.push({ event, trace, known: { ...trace } });
  const listeners = {
    start: on('start'),
    end: on('end'),
    asyncStart: on('asyncStart'),
    asyncEnd: on('asyncEnd'),
    error: on('error'),
  };
  const sends = tracingChannel<unknown, SendTrace>('nodemailer-graph-transport:send');
  sends.subscribe(listeners);
  undo.push(() => sends.unsubscribe(listeners));
  return events;
}

describe('the tracing channel nodemailer-graph-transport:send', () => {
  test('tells of one message in one object, in which more is known as it goes on', async () => {
    const events = traces();
    const info = await createTransporter().sendMail(letter);
    expect(events.map(({ event }) => event)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    expect(new Set(events.map(({ trace }) => trace)).size).toBe(1);
    expect(events[0]?.known).toEqual({
      messageId: '<1@contoso.example>',
      mailbox: undefined,
      route: undefined,
      bytes: undefined,
      attempts: 0,
    });
    expect(events[2]?.known).toEqual({
      messageId: '<1@contoso.example>',
      mailbox: sandbox.options.userId,
      route: 'json',
      bytes: info.messageSize,
      attempts: 1,
      result: info,
    });
  });

  test('tells of the error that sendMail rejects with, and of the attempts until then', async () => {
    sandbox.failNext('send-mail', TRANSIENT, { times: 2 });
    const events = traces();
    const transporter = createTransporter({ retry: { attempts: 2, maxDelay: 1 } });
    const error = await transporter.sendMail(letter).catch((failure: unknown) => failure);
    expect(events.map(({ event }) => event)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    expect(events[2]?.trace).toMatchObject({ attempts: 2, route: 'json' });
    expect(events[2]?.trace.error).toBe(error);
  });

  test.each<[string, SendMailOptions, Partial<SendTrace>]>([
    ['its route', { graph: { format: 'mime' } }, { route: 'mime' }],
    [
      'its mailbox, where a function names it',
      { graph: { userId: async () => 'b@contoso.example' } },
      { mailbox: 'b@contoso.example' },
    ],
    [
      'the Message-ID of a raw message',
      { raw: 'To: ann@example.com\r\nMessage-ID: <raw@contoso.example>\r\n\r\nHi' },
      { messageId: '<raw@contoso.example>' },
    ],
  ])('tells of %s', async (_what, message, known) => {
    const events = traces();
    const { raw } = message;
    const sent =
      raw === undefined ? { ...letter, ...message } : { envelope: { to: ['ann@example.com'] }, raw };
    await createTransporter({ userId: sandbox.options.userId })
      .sendMail(sent)
      .catch(() => undefined);
    expect(events.at(-1)?.trace).toMatchObject(known);
  });

  test('is told no subject, body, secret or token', async () => {
    sandbox.failNext(
      'send-mail',
      { kind: 'answer', status: 400, code: 'ErrorInvalidRecipients' },
      { times: 1 },
    );
    const events = traces();
    const retries = [heard('nodemailer-graph-transport:retry'), heard('nodemailer-graph-transport:queue')];
    const transporter = createTransporter();
    await transporter.sendMail(letter).catch(() => undefined);
    await transporter.sendMail(letter);
    expect(events.filter(({ event }) => event === 'asyncEnd')).toHaveLength(2);
    const told = inspect([events, retries], { depth: 20, maxStringLength: null, showHidden: true });
    expect(told).not.toMatch(/confidential/);
    expect(told).not.toContain(String(sandbox.options.clientSecret));
    expect(told).not.toMatch(/Bearer /);
  });

  test('carries a store of its listener to all that a message does', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const store = new AsyncLocalStorage<string>();
    const { start } = tracingChannel<string, SendTrace>('nodemailer-graph-transport:send');
    start.bindStore(store, () => 'the span');
    undo.push(() => start.unbindStore(store));
    const seen: unknown[] = [];
    const note = () => void seen.push(store.getStore());
    subscribe('undici:request:create', note);
    undo.push(() => unsubscribe('undici:request:create', note));
    await createTransporter().sendMail(letter);
    expect(seen).toContain('the span');
    expect(new Set(seen)).toEqual(new Set(['the span']));
  });
});

test('tells apart a mailbox that is throttled from a request that failed', async () => {
  sandbox.failNext('send-mail', { kind: 'answer', status: 429, retryAfter: 0 });
  sandbox.failNext('send-mail', TRANSIENT);
  const throttled = heard('nodemailer-graph-transport:throttled');
  const retries = heard('nodemailer-graph-transport:retry');
  await createTransporter({ retry: { maxDelay: 1 } }).sendMail(letter);
  const notice = {
    messageId: '<1@contoso.example>',
    mailbox: sandbox.options.userId,
    waitMs: expect.any(Number),
  };
  expect(throttled).toMatchObject([{ ...notice, attempt: 1, error: { responseCode: 429 } }]);
  expect(retries).toMatchObject([{ ...notice, attempt: 2, error: { responseCode: 403 } }]);
});

test('tells how many messages wait and how many there are, up to none', async () => {
  const told = heard('nodemailer-graph-transport:queue');
  const transport = createTransport({ maxConnections: 1 });
  const transporter = nodemailer.createTransport(transport);
  await Promise.all([1, 2, 3].map(() => transporter.sendMail({ ...letter, messageId: undefined })));
  const notices = told as QueueNotice[];
  expect(notices.every((notice) => notice.transport === transport)).toBe(true);
  expect(Math.max(...notices.map(({ pending }) => pending))).toBe(3);
  expect(Math.max(...notices.map(({ waiting }) => waiting))).toBe(2);
  expect(notices.at(-1)).toEqual({ transport, waiting: 0, pending: 0 });
});

test('makes nothing for channels to which nobody listens', async () => {
  const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(
    (event) => `tracing:${NAME}:send:${event}`,
  );
  const names = [...events, ...['retry', 'throttled', 'queue'].map((name) => `${NAME}:${name}`)];
  const published = names.map((name) => jest.spyOn(channel(name), 'publish'));
  sandbox.failNext('send-mail', TRANSIENT);
  await createTransporter({ retry: { maxDelay: 1 } }).sendMail(letter);
  for (const publish of published) expect(publish).not.toHaveBeenCalled();
});
