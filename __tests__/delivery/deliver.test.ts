import { Readable } from 'node:stream';
import type { SendMailOptions } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import { deliver } from '../../src/delivery/deliver';
import type { SendTrace } from '../../src/delivery/diagnostics';
import { MailboxLimiter } from '../../src/delivery/mailbox-limiter';
import type { Delivery } from '../../src/delivery/send-by-route';
import type { UploadProgress } from '../../src/delivery/sent-info';
import { SendTimer } from '../../src/errors/abort';
import type { GraphMessageOptions, GraphTransportOptions } from '../../src/index';
import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY } from '../support/options';
import { type Fate, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

const MESSAGE_ID = '<own@contoso.example>';
const mail: SendMailOptions = {
  from: 'shop@contoso.example',
  to: 'ann@example.com',
  subject: 'Hello',
  text: 'Hello Ann',
  messageId: MESSAGE_ID,
};

/** Sends a message to a service that replies so. */
async function send(
  reply: (request: SeenRequest, delivery: Pick<Delivery, 'readAhead'>) => Fate | Promise<Fate>,
  {
    graph = {},
    options = {},
    ...message
  }: SendMailOptions & { graph?: GraphMessageOptions; options?: GraphTransportOptions } = {},
) {
  const { options: scripted, seen, retries } = scriptedRequests((request) => reply(request, delivery));
  const { client, clock, onRetry } = scripted;
  const defaults = resolveOptions({ ...IDENTITY, ...options }, {});
  const abort = new AbortController();
  const trace: SendTrace = {
    messageId: 'of Nodemailer',
    mailbox: undefined,
    route: undefined,
    bytes: undefined,
    attempts: 0,
  };
  const messageIds: string[] = [];
  const progress: UploadProgress[] = [];
  const timer = new SendTimer(clock, 600_000, abort);
  const starts = jest.spyOn(timer, 'start');
  const stops = jest.spyOn(timer, 'stop');
  const delivery: Delivery = {
    defaults,
    client,
    clock,
    limiter: new MailboxLimiter(defaults.limits, clock),
    readAhead: new MailboxLimiter({ ...defaults.limits, maxConnections: 2 }, clock),
    signal: abort.signal,
    timer,
    sendTrace: trace,
    onMessageId: (id) => messageIds.push(id),
    onRetry: (event) => onRetry?.(event),
    onProgress: (event) => progress.push(event),
  };
  const node = new MailComposer({ ...mail, ...message }).compile();
  const outgoing = {
    node,
    envelope: { from: 'shop@contoso.example', to: ['ann@example.com'] },
    returnPath: false as const,
    messageId: MESSAGE_ID,
    given: { messageId: MESSAGE_ID, headers: undefined },
    dsn: false,
    graph,
  };
  const info = await deliver(outgoing, delivery);
  const timing = { starts: starts.mock.calls.length, stops: stops.mock.calls.length };
  return { info, seen, retries, trace, messageIds, progress, node, timing };
}

const accepted: Fate = { status: 202 };
const paths = (seen: readonly SeenRequest[]) =>
  seen.map(({ method, path }) => `${method} ${path.split('?')[0]}`);

test('a message is followed from its size to its last attempt', async () => {
  let asked = 0;
  const sent = await send(() =>
    asked++ === 0 ? { status: 429, headers: { 'retry-after': '2' } } : accepted,
  );
  expect(sent.trace).toEqual({
    messageId: MESSAGE_ID,
    mailbox: IDENTITY.userId,
    route: 'json',
    bytes: sent.info.messageSize,
    attempts: 2,
  });
  expect(sent.info).toMatchObject({ attempts: 2, messageTime: 2000, dropped: [], route: 'json' });
  expect(sent.info.messageSize).toBeGreaterThan(100);
  expect(sent.messageIds).toEqual([MESSAGE_ID]);
  expect(sent.retries.length).toBe(1);
});

test('the format of the message decides how it is composed', async () => {
  const { seen, info } = await send(() => accepted, { graph: { format: 'mime' }, text: 'Grüße' });
  expect(info.route).toBe('mime');
  expect(Buffer.from(String(seen[0]?.body), 'base64').toString()).toContain('Gr=C3=BC=C3=9Fe');
});

test('a message over maxMessageSize is refused before anything is sent', async () => {
  const reply = jest.fn(() => accepted);
  const attachments = [{ filename: 'a.bin', content: Buffer.alloc(1001) }];
  await expect(send(reply, { attachments, options: { maxMessageSize: 1000 } })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('1000 bytes'),
  });
  expect(reply).not.toHaveBeenCalled();
});

test('how far an upload has come is told with the Message-ID', async () => {
  const { progress, info, trace } = await send(
    ({ method, path }) => {
      if (path.endsWith('/createUploadSession')) {
        return { status: 201, body: { uploadUrl: 'https://graph.microsoft.com/upload' } };
      }
      if (method === 'PUT') return { status: 201 };
      return path.endsWith('/send') ? accepted : { status: 201, body: { id: 'draft' } };
    },
    { attachments: [{ filename: 'a.bin', content: Buffer.alloc(3_100_000, 'x') }] },
  );
  expect([info.route, trace.route]).toEqual(['draft', 'draft']);
  expect(progress.at(-1)).toEqual({
    messageId: MESSAGE_ID,
    attachment: 'a.bin',
    sentBytes: 3_100_000,
    totalBytes: 3_100_000,
  });
});

describe('a copy that is not wanted', () => {
  const DATE = Date.UTC(2026, 0, 5, 12, 0, 0);
  /** A mailbox whose Sent Items hold one copy, sent so long before Graph answered. */
  const mailboxWith = (sentBefore: number, headers: Record<string, string>, now: number) => {
    let asked = 0;
    return ({ method, path }: SeenRequest): Fate => {
      if (path.endsWith('/sendMail')) {
        // Sending takes ten seconds.
        return asked++ === 0 ? { status: 429, headers: { 'retry-after': '10' } } : { status: 202, headers };
      }
      if (method !== 'GET') return { status: 204 };
      const sentDateTime = new Date(now - sentBefore).toISOString();
      return {
        status: 200,
        body: { value: [{ id: 'copy', isDraft: false, internetMessageId: MESSAGE_ID, sentDateTime }] },
      };
    };
  };
  const options: GraphTransportOptions = { saveToSentItems: false, format: 'mime' };
  const date = new Date(DATE).toUTCString();

  test.each([
    ["by Graph's clock", { date }, DATE],
    ["by this machine's, if Graph does not tell the time", {}, 1_010_000],
  ])('is one from the time of sending, %s', async (_what, headers, now) => {
    const within = await send(mailboxWith(9000, headers, now), { options });
    expect(paths(within.seen).at(-1)).toMatch(/^(?:DELETE|POST) .*\/messages\/copy/);
    expect(within.info).toMatchObject({ dropped: [], sentItem: undefined });
    const earlier = await send(mailboxWith(11_000, headers, now), { options });
    expect(paths(earlier.seen).filter((path) => path.includes('copy'))).toEqual([]);
    expect(earlier.info.dropped).toEqual([
      'saveToSentItems: false, because the copy may still be there: Sent Items did not show it in time',
    ]);
  });

  /** A mailbox that shows the draft as soon as it has it. */
  const mailboxWithDraft = () => {
    const draft = { id: 'draft', isDraft: true, internetMessageId: MESSAGE_ID, parentFolderId: 'drafts' };
    let drafts: object[] = [];
    return ({ method, path }: SeenRequest): Fate => {
      if (method === 'GET') return { status: 200, body: { value: drafts } };
      if (path.endsWith('/send')) return accepted;
      drafts = [draft];
      return { status: 201, body: draft };
    };
  };

  test.each([
    ['is deleted, and no trace of it is returned', { status: 204 }, undefined],
    ['stays if it cannot be deleted, and is returned', { status: 403 }, { conversationId: 'thread' }],
  ])('of a draft is found by the mark of that draft, and %s', async (_, deletion, sentItem) => {
    const headers = { 'List-Id': '<news.contoso.example>' };
    const attachments = [{ filename: 'a.bin', content: Buffer.alloc(3_100_000, 'x') }];
    const { seen, info } = await send(
      ({ method, path }) => {
        if (path.endsWith('/createUploadSession')) {
          return { status: 201, body: { uploadUrl: 'https://graph.microsoft.com/upload' } };
        }
        if (method === 'PUT') return { status: 201 };
        if (method === 'GET') return { status: 200, body: { value: [{ id: 'copy', isDraft: false }] } };
        if (path.includes('/copy')) return deletion;
        return path.endsWith('/send')
          ? accepted
          : { status: 201, body: { id: 'draft', conversationId: 'thread' } };
      },
      { options: { saveToSentItems: false }, headers, attachments },
    );
    const search = seen.find(({ method }) => method === 'GET');
    expect(decodeURIComponent(search?.path ?? '')).toContain('singleValueExtendedProperties');
    expect(paths(seen).at(-1)).toContain('/messages/copy');
    expect(info).toMatchObject({ route: 'draft', dropped: sentItem ? [expect.any(String)] : [] });
    expect(info.sentItem?.conversationId).toBe(sentItem?.conversationId);
    expect(info.sentItem === undefined).toBe(sentItem === undefined);
  });

  test('stays where exactly-once delivery needs it', async () => {
    const { info } = await send(mailboxWithDraft(), {
      options: { saveToSentItems: false, delivery: 'exactly-once' },
    });
    expect(info).toMatchObject({ route: 'draft', dropped: ['saveToSentItems: false'] });
  });

  test('is made later than this, of a message that is scheduled', async () => {
    const sendAt = new Date(2_000_000);
    const { info } = await send(mailboxWithDraft(), {
      options: { saveToSentItems: false },
      graph: { sendAt },
    });
    expect(info).toMatchObject({
      scheduled: true,
      sendAt,
      dropped: ['saveToSentItems: false, because the copy is made only when Exchange sends the message'],
    });
  });
});

describe('a message that answers another', () => {
  const inReplyTo = '<first@example.com>';
  const headersOf = (node: { getHeader(name: string): unknown }) => [
    node.getHeader('In-Reply-To'),
    node.getHeader('References'),
  ];
  const none = ({ path }: SeenRequest): Fate =>
    path.endsWith('/sendMail') ? accepted : { status: 200, body: { value: [] } };

  test('names it in its headers, unless they name one', async () => {
    const named = await send(none, { graph: { inReplyTo } });
    expect(headersOf(named.node)).toEqual([inReplyTo, inReplyTo]);
    const own = { inReplyTo: '<a@example.com>', references: '<b@example.com>' };
    const kept = await send(none, { graph: { inReplyTo }, ...own });
    expect(headersOf(kept.node)).toEqual(['<a@example.com>', '<b@example.com>']);
    expect(headersOf((await send(() => accepted)).node)).toEqual([undefined, undefined]);
  });

  test('goes with its headers alone where that is not in the mailbox, and says so', async () => {
    const { info, seen } = await send(none, { graph: { inReplyTo } });
    expect(paths(seen)).toEqual([
      expect.stringMatching(/^GET .*\/messages$/),
      expect.stringMatching(/^POST .*\/sendMail$/),
    ]);
    expect(info).toMatchObject({
      route: 'json',
      dropped: ['inReplyTo: the message was not found in the mailbox'],
    });
  });

  test('is not tried again after any other failure', async () => {
    const refusing = (): Fate => ({ status: 400, body: { error: { code: 'ErrorInvalid', message: 'No.' } } });
    await expect(send(refusing, { graph: { inReplyTo } })).rejects.toMatchObject({ code: 'EMESSAGE' });
  });
});

describe('the mailbox', () => {
  test('is trimmed, and that of the message comes first', async () => {
    const { trace, timing } = await send(() => accepted, { graph: { userId: ' office@contoso.example ' } });
    expect(trace.mailbox).toBe('office@contoso.example');
    expect(timing.starts).toBe(1);
  });

  const raw =
    'From: sales@contoso.example\r\nTo: ann@example.com\r\nMessage-ID: <own@contoso.example>\r\n\r\nHello';

  test.each<[string, SendMailOptions, string]>([
    ['its header alone', {}, 'shop@contoso.example'],
    ['the whole of it, if it is a stream', { raw: Readable.from([raw]) }, 'sales@contoso.example'],
  ])('may depend on the message: on %s', async (_what, message, from) => {
    const userId = jest.fn(async () => ' sales@contoso.example ');
    let heldWhileSent: number | undefined;
    const { trace, seen, timing, info } = await send(
      async (_request, { readAhead }) => {
        await new Promise((resolve) => setImmediate(resolve));
        heldWhileSent = readAhead.mailboxes;
        return accepted;
      },
      { ...message, options: { userId } },
    );
    expect(info).toMatchObject({ messageId: MESSAGE_ID, route: 'json' });
    expect(userId.mock.calls).toEqual([
      [{ from: expect.objectContaining({ address: from }), envelope: expect.anything() }],
    ]);
    expect(trace.mailbox).toBe('sales@contoso.example');
    expect(paths(seen)).toEqual(['POST /v1.0/users/sales%40contoso.example/sendMail']);
    // The function's time counts, and the wait for a turn does not.
    expect([timing.starts, timing.stops >= 1]).toEqual([2, true]);
    // Another message may be read by then.
    expect(heldWhileSent).toBe(0);
  });
});
