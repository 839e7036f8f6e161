import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import type { RunningSandbox, StartSandboxOptions } from '../../src/sandbox';
import { HOUR, inMs, sandboxAhead } from '../support/sandbox-ahead';

let sandbox: RunningSandbox;
const { open, goAhead } = sandboxAhead();
const start = async (options?: StartSandboxOptions) => {
  sandbox = await open(options);
};

const DAY = 24 * HOUR;

const create = (options: GraphTransportOptions = {}) =>
  graphTransport({ ...sandbox.options, retry: { attempts: 3, maxDelay: 5 }, ...options });
const send = (mail: SendMailOptions, options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(create(options)).sendMail(mail);
const later = (sendAt = inMs(HOUR)): SendMailOptions => ({
  messageId: '<reminder@contoso.example>',
  to: 'ann@example.com',
  subject: 'Reminder',
  text: 'Tomorrow at nine',
  graph: { sendAt },
});
const large = { attachments: [{ filename: 'plan.bin', content: Buffer.alloc(3_100_000, 'plan') }] };
const requestsOf = (method: string, end = '') =>
  sandbox.requests.filter((request) => request.method === method && request.path.endsWith(end));

test.each([
  ['small', {}],
  ['large', large],
])('a %s scheduled message is held as a draft, and sent once at its time', async (_, more) => {
  await start();
  const sendAt = inMs(HOUR);
  const info = await send({ ...later(sendAt), ...more });
  expect(info).toMatchObject({ route: 'draft', scheduled: true, sendAt, messageId: later().messageId });
  expect(sandbox.messages).toHaveLength(0);
  expect(sandbox.drafts).toEqual([expect.objectContaining({ subject: 'Reminder', sendsAt: sendAt })]);
  goAhead(HOUR + 1000);
  await expect(create().scheduled()).resolves.toEqual([]);
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toHaveLength(0);
});

test('a message without a time goes at once, and is not scheduled', async () => {
  await start();
  const info = await send({ ...later(), graph: {} });
  expect(info).toMatchObject({ route: 'json', scheduled: false, sendAt: undefined });
});

test('headers without a place in JSON do not send a scheduled message any other way', async () => {
  await start();
  const headers = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`X-Number-${n}`, String(n)]));
  const info = await send({ ...later(), headers });
  expect(info).toMatchObject({ route: 'draft', scheduled: true });
  expect(sandbox.messages).toHaveLength(0);
});

const bad: unknown[] = [null, '2030-01-01T00:00:00Z', 1_900_000_000_000, {}];
test.each<[string, () => unknown]>([
  ['past', () => inMs(-1000)],
  ['over a year ahead', () => inMs(367 * DAY)],
  ['no valid Date', () => new Date('soon')],
  ...bad.map((value) => [`no Date: ${value}`, () => value] satisfies [string, () => unknown]),
])('a time that is %s is refused before any request', async (_, time) => {
  await start();
  const graph = Object.assign({}, { sendAt: time() });
  const mail: object = { ...later(), graph };
  await expect(send(mail)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('Nothing was sent'),
    retryable: false,
  });
  expect(sandbox.requests).toEqual([]);
});

test("a time does not go with format: 'mime', which is said before any request", async () => {
  await start();
  const format = 'mime';
  await expect(send(later(), { format })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining("'mime'"),
  });
  await expect(send({ ...later(), graph: { ...later().graph, format } })).rejects.toMatchObject({
    code: 'EMESSAGE',
  });
  expect(sandbox.requests).toEqual([]);
});

test('the copy of a scheduled message stays, and is said to', async () => {
  await start();
  const { dropped } = await send(later(), { saveToSentItems: false });
  expect(dropped).toEqual([expect.stringMatching(/^saveToSentItems: false, because/)]);
  expect(sandbox.drafts).toHaveLength(1);
});

test('what only MIME carries cannot be scheduled', async () => {
  await start();
  const icalEvent = { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR' };
  await expect(send({ ...later(), icalEvent })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('Exchange cannot hold a message that goes as MIME'),
  });
  expect(sandbox.drafts).toEqual([]);
});

test('the scheduled messages are listed, the next one first, and nothing else in Drafts', async () => {
  await start();
  const times = [inMs(3 * HOUR), inMs(HOUR), inMs(2 * HOUR)];
  for (const sendAt of times) {
    await send({ ...later(sendAt), messageId: `<${sendAt.getTime()}@contoso.example>` });
  }
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  sandbox.failNext(
    'delete-message',
    { kind: 'answer', status: 403, code: 'ErrorAccessDenied' },
    { times: 9 },
  );
  await send({ ...later(), ...large, graph: {} }).catch(() => undefined);
  expect(sandbox.drafts).toHaveLength(4);
  const listed = await create().scheduled();
  expect(listed).toEqual(
    [...times]
      .sort((one, other) => one.getTime() - other.getTime())
      .map((sendAt) => ({
        messageId: `<${sendAt.getTime()}@contoso.example>`,
        id: expect.any(String),
        subject: 'Reminder',
        to: ['ann@example.com'],
        sendAt,
      })),
  );
});

test('a cancelled message is not sent', async () => {
  await start();
  const transport = create();
  const { messageId } = await nodemailer.createTransport(transport).sendMail(later());
  await send({ ...later(), messageId: '<other@contoso.example>' });
  await expect(transport.cancel(messageId)).resolves.toBe(true);
  await expect(transport.cancel(messageId)).resolves.toBe(false);
  goAhead(2 * HOUR);
  await expect(transport.scheduled()).resolves.toEqual([]);
  expect(sandbox.messages.map((message) => message.internetMessageId)).toEqual(['<other@contoso.example>']);
});

test('nothing but a held message is deleted', async () => {
  await start();
  const transport = create();
  await send(later());
  goAhead(2 * HOUR);
  await expect(transport.cancel('<reminder@contoso.example>')).resolves.toBe(false);
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  sandbox.failNext(
    'delete-message',
    { kind: 'answer', status: 403, code: 'ErrorAccessDenied' },
    { times: 2 },
  );
  await send({ ...later(), ...large, graph: {} }).catch(() => undefined);
  const deletes = requestsOf('DELETE').length;
  await expect(transport.cancel('<reminder@contoso.example>')).resolves.toBe(false);
  expect(requestsOf('DELETE')).toHaveLength(deletes);
  expect(sandbox.drafts).toHaveLength(1);
});

test('a message that the search does not show at once is cancelled all the same', async () => {
  await start({ searchDelay: { drafts: { finds: 1 } } });
  const { messageId } = await send(later());
  await expect(create().cancel(messageId)).resolves.toBe(true);
});

test.each(['before', 'after'] as const)(
  'a message whose /send is not answered, lost %s, is never sent again, and the error names its draft',
  async (when) => {
    await start();
    sandbox.failNext('send-draft', { kind: 'reset', when });
    const failure = await send(later()).catch((error: unknown) => error);
    const [draft] = sandbox.drafts;
    expect(failure).toMatchObject({
      ambiguous: true,
      draftId: draft?.id,
      message: expect.stringContaining('transport.cancel(messageId)'),
    });
    expect(requestsOf('POST', '/send')).toHaveLength(1);
    await expect(create().cancel('<reminder@contoso.example>')).resolves.toBe(true);
    goAhead(2 * HOUR);
    await expect(create().scheduled()).resolves.toEqual([]);
    expect(sandbox.messages).toHaveLength(0);
  },
);

test('a /send that Graph throttles is repeated, and one that it refuses leaves no draft', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } });
  await expect(send(later())).resolves.toMatchObject({ scheduled: true, attempts: 2 });
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  await expect(send(later())).rejects.toMatchObject({ code: 'EAUTH', ambiguous: false });
  expect(sandbox.drafts).toHaveLength(1);
});

test('a draft whose creation is not answered is found and held, once', async () => {
  await start();
  sandbox.failNext('create-draft', { kind: 'reset', when: 'after' });
  await expect(send(later())).resolves.toMatchObject({ scheduled: true });
  expect(sandbox.drafts).toHaveLength(1);
});

test.each(['before', 'after'] as const)('a cancel whose answer is lost %s the work is true', async (when) => {
  await start();
  await send(later());
  sandbox.failNext('delete-message', { kind: 'reset', when });
  await expect(create().cancel('<reminder@contoso.example>')).resolves.toBe(true);
  expect(sandbox.drafts).toEqual([]);
});

test('a cancel that is not answered close to the time does not claim anything', async () => {
  await start();
  await send(later(inMs(60_000)));
  sandbox.failNext('delete-message', { kind: 'reset', when: 'after' });
  await expect(create().cancel('<reminder@contoso.example>')).rejects.toMatchObject({ ambiguous: true });
});

test('an immediate message with the same Message-ID leaves the held one alone', async () => {
  await start();
  await send(later());
  await send({ ...later(), graph: {} }, { delivery: 'exactly-once' });
  await send({ ...later(), ...large, graph: {} });
  expect(sandbox.messages).toHaveLength(2);
  expect(sandbox.drafts).toHaveLength(1);
});

test('without the permissions the errors name them', async () => {
  await start({ roles: ['Mail.Send'] });
  await expect(send(later())).rejects.toMatchObject({
    code: 'EAUTH',
    message: expect.stringMatching(/which a scheduled message needs.*Mail\.ReadWrite/s),
  });
  await expect(create().scheduled()).rejects.toMatchObject({
    code: 'EAUTH',
    message: expect.stringContaining('transport.scheduled() needs the application permission Mail.Read:'),
  });
  await expect(create().cancel('<a@contoso.example>')).rejects.toMatchObject({
    code: 'EAUTH',
    message: expect.stringContaining('transport.cancel() needs the application permission Mail.ReadWrite'),
  });
});

test('the mailbox can be named, and a wrong Message-ID is refused', async () => {
  await start();
  await send(later(), { userId: 'sales@contoso.example' });
  const transport = create({ userId: () => 'sales@contoso.example' });
  await expect(transport.scheduled()).rejects.toMatchObject({ code: 'ECONFIG' });
  await expect(transport.scheduled({ userId: 'sales@contoso.example' })).resolves.toHaveLength(1);
  await expect(create().cancel('<reminder@contoso.example>')).resolves.toBe(false);
  await expect(create().cancel('two words')).rejects.toMatchObject({ code: 'EMESSAGE' });
  const there = transport.cancel('reminder@contoso.example', { userId: 'sales@contoso.example' });
  await expect(there).resolves.toBe(true);
});
