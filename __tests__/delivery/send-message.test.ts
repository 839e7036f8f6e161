import { tracingChannel } from 'node:diagnostics_channel';
import { format } from 'node:util';
import nodemailer, { type SendMailOptions, type Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import type { SendTrace } from '../../src/delivery/diagnostics';
import { Queues } from '../../src/delivery/pending';
import { sendMessage } from '../../src/delivery/send-message';
import type { GraphSentMessageInfo, UploadProgress } from '../../src/delivery/sent-info';
import { Secrets } from '../../src/errors/secrets';
import { Abort } from '../../src/errors/signal';
import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY } from '../support/options';
import { type Fate, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

const ID = '<own@contoso.example>';
const SECRET = 'canary-in-an-id';
const accepted: Fate = { status: 202 };

/** The message as Nodemailer hands it to a transport. */
function compiled(message: SendMailOptions): Promise<MailMessage<GraphSentMessageInfo>> {
  return new Promise((resolve, reject) => {
    const transport: Transport<GraphSentMessageInfo> = {
      name: 'Kept',
      version: '1',
      send: (mail) => resolve(mail),
    };
    nodemailer.createTransport(transport).sendMail(message).catch(reject);
  });
}

/** Sends a message to a service that replies so. */
async function send(
  reply: (request: SeenRequest) => Fate,
  message: SendMailOptions = {},
  closing = new AbortController().signal,
) {
  const { options, seen, timers } = scriptedRequests(reply);
  const { client, clock } = options;
  const defaults = resolveOptions(IDENTITY, {});
  const secrets = new Secrets();
  secrets.addSecret(SECRET);
  const lines: string[] = [];
  const say =
    (level: string) =>
    (_: unknown, text = '', ...args: unknown[]) =>
      void lines.push(`${level}: ${format(text, ...args)}`);
  const logger = {
    level: () => undefined,
    trace: say('trace'),
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('fatal'),
  };
  const progress: UploadProgress[] = [];
  const mail = await compiled({
    from: 'shop@contoso.example',
    to: 'ann@example.com',
    text: 'Hello',
    messageId: ID,
    ...message,
  });
  const sending = sendMessage(mail, new Abort(), {
    defaults,
    client,
    queues: new Queues(defaults.limits, clock, () => undefined),
    clock,
    logger,
    secrets,
    closing,
    onProgress: (event) => progress.push(event),
  });
  const outcome = await sending.then(
    (info) => ({ info, error: undefined }),
    (error: unknown) => ({ info: undefined, error }),
  );
  return { ...outcome, seen, lines, progress, isTimed: timers.some(({ isRunning }) => isRunning) };
}

test('nothing is sent once the transport is closed', async () => {
  const { error, seen, lines } = await send(() => accepted, {}, AbortSignal.abort());
  expect(error).toMatchObject({ code: 'ECONNECTION', message: expect.stringContaining('is closed') });
  expect(seen).toEqual([]);
  expect(lines).toEqual([]);
});

test('no timeout runs after a message was sent, or has failed', async () => {
  expect(await send(() => accepted)).toMatchObject({ isTimed: false, info: { response: '202 Accepted' } });
  expect(await send(() => ({ status: 400 }))).toMatchObject({ isTimed: false, error: { responseCode: 400 } });
});

test('the log tells of each attempt without the secrets in answers', async () => {
  let asked = 0;
  const { lines } = await send(() =>
    asked++ > 0 ? accepted : { status: 429, body: { error: { code: 'TooMany', message: `No, ${SECRET}.` } } },
  );
  expect(lines).toEqual([
    expect.stringMatching(/^debug: Sending message <own@/),
    expect.stringMatching(/^warn: Graph throttles the mailbox of message <own@/),
    expect.stringMatching(/^info: /),
  ]);
  expect(lines.join()).not.toContain(SECRET);
});

test('the log and the progress tell of uploads, by the Message-ID that the message goes by', async () => {
  const uploads = ({ method, path }: SeenRequest): Fate => {
    if (path.endsWith('/createUploadSession')) {
      return { status: 201, body: { uploadUrl: 'https://graph.microsoft.com/upload' } };
    }
    if (method === 'PUT') return { status: 201 };
    return path.endsWith('/send') ? accepted : { status: 201, body: { id: 'draft' } };
  };
  const attachments = [{ filename: 'a.bin', content: Buffer.alloc(3_100_000, 'x') }];
  const { lines, progress } = await send(uploads, { attachments });
  expect(progress.at(-1)).toMatchObject({ messageId: ID, attachment: 'a.bin', sentBytes: 3_100_000 });
  expect(lines.filter((line) => line.includes('a.bin'))).toHaveLength(progress.length);
});

test('a Message-ID that Nodemailer made up gives way to one of the mailbox, also in the log', async () => {
  const { info, lines } = await send(() => accepted, { messageId: undefined, from: undefined });
  expect(info?.messageId).toMatch(/@contoso\.example>$/);
  expect(lines.at(-1)).toContain(info?.messageId);
});

test('the id of a draft that is left has no secrets', async () => {
  const { info } = await send(
    ({ method }): Fate => {
      if (method === 'DELETE') return { status: 403 };
      return method === 'GET'
        ? { status: 200, body: { value: [{ id: 'copy', isDraft: false }] } }
        : { status: 201, body: { id: `draft-${SECRET}` } };
    },
    { graph: { delivery: 'exactly-once' } },
  );
  expect(info).toMatchObject({ deduplicated: true, draftId: expect.stringMatching(/^draft-/) });
  expect(info?.draftId).not.toContain(SECRET);
});

test('hidden recipients get the message under their names', async () => {
  const { seen } = await send(() => accepted, { bcc: 'Eve Adams <eve@example.com>' });
  const { message } = JSON.parse(String(seen[0]?.body));
  expect(message.bccRecipients).toEqual([
    { emailAddress: { name: 'Eve Adams', address: 'eve@example.com' } },
  ]);
});

test('what only SMTP can do is said to be left out', async () => {
  const { info } = await send(() => accepted, { dsn: { notify: 'success' } });
  expect(info?.dropped).toEqual([expect.stringContaining('dsn')]);
  expect((await send(() => accepted)).info?.dropped).toEqual([]);
});

test('the tracing channel has the Message-ID from the start, and what became of the message', async () => {
  const starts: SendTrace[] = [];
  const traces: unknown[] = [];
  const channel = tracingChannel<unknown, SendTrace>('nodemailer-graph-transport:send');
  const subscriber = {
    start: (trace: SendTrace) => starts.push({ ...trace }),
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: (trace: unknown) => traces.push(trace),
    error: () => undefined,
  };
  channel.subscribe(subscriber);
  await send(() => accepted);
  channel.unsubscribe(subscriber);
  expect(starts).toEqual([
    { messageId: ID, mailbox: undefined, route: undefined, bytes: undefined, attempts: 0 },
  ]);
  expect(traces).toMatchObject([{ route: 'json', attempts: 1, result: { messageId: ID } }]);
});
