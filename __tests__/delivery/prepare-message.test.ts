import { createHash } from 'node:crypto';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import MimeNode from 'nodemailer/lib/mime-node';
import { scheduleMarks } from '../../src/delivery/message-mark';
import { bytesToSend, type OutgoingMessage, prepareMessage } from '../../src/delivery/prepare-message';
import { sentInfo } from '../../src/delivery/sent';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { bytesOf } from '../../src/mime/base64-content';
import { readMessage } from '../../src/mime/read-message';
import { writeMessage } from '../../src/nodemailer/compiled-message';
import { resolveOptions } from '../../src/options/resolve-options';
import { startSandbox } from '../../src/sandbox';
import { IDENTITY } from '../support/options';

const large = { text: 'Hello', attachments: [{ content: Buffer.alloc(2_100_000, 'ab') }] };
const message = () =>
  new MailComposer({ from: 'a@contoso.example', to: 'ann@example.com', ...large }).compile();

async function readWith(heldBytes: number) {
  const node = message();
  const limits = { heldBytes, messageBytes: 10_000_000 };
  const read = await readMessage((sink) => writeMessage(node, sink), limits);
  return { node, read };
}

test('a message as MIME is what was read, if that was kept', async () => {
  const { node, read } = await readWith(3_000_000);
  expect(bytesToSend(node, read, 'auto')).toBe(read.raw.pieces);
  expect([...bytesOf(bytesToSend(node, read, 'auto'))].length).toBeGreaterThan(1);
  await read.close();
});

test("with the format 'mime' a message is composed once, and what was read is sent", async () => {
  const compose = jest.spyOn(MimeNode.prototype, 'buildHeaders');
  const sandbox = await startSandbox();
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  const mail = { to: 'ann@example.com', subject: 'Größe', text: `Grüße ${'a'.repeat(100)}` };
  const composed = [];
  for (const format of ['mime', 'json'] as const) {
    compose.mockClear();
    await transporter.sendMail({ ...mail, graph: { format } });
    composed.push(compose.mock.calls.length);
  }
  expect(composed).toEqual([1, 1]);
  const asMime = sandbox.messages[0]?.mime?.toString();
  expect(asMime).toContain('Content-Transfer-Encoding: quoted-printable\r\n');
  expect(asMime).toMatch(/^Gr=C3=BC=C3=9Fe a+=\r\n/m);
  compose.mockRestore();
  transporter.close();
  await sandbox.close();
});

test('what was read in 8 bits, and turns out to need MIME, goes with the header and the text that are to be sent', async () => {
  const sandbox = await startSandbox();
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  const headers = { 'List-Id': 'orders.contoso.example' };
  await transporter.sendMail({ to: 'ann@example.com', text: `Grüße ${'a'.repeat(100)}`, headers });
  const sent = sandbox.messages[0]?.mime?.toString();
  transporter.close();
  await sandbox.close();
  expect(sent).toContain('Content-Transfer-Encoding: quoted-printable\r\n');
  expect(sent).not.toContain('8bit');
  expect(sent).toMatch(/^Gr=C3=BC=C3=9Fe a+=\r\n/m);
});

test('refuses to send a message that was not kept, rather than nothing in its place', async () => {
  const { node, read } = await readWith(100_000);
  expect(() => bytesToSend(node, read, 'auto')).toThrow(
    expect.objectContaining({
      code: 'EMESSAGE',
      message: expect.stringContaining('too large to be sent as MIME'),
      hint: 'Nothing was sent.',
    }),
  );
  await read.close();
});

/** A message as it is prepared for the transport with these options. */
async function prepare(
  mail: SendMailOptions = {},
  {
    options = {},
    noThread,
    ...more
  }: { options?: GraphTransportOptions; noThread?: string } & Partial<OutgoingMessage> = {},
) {
  const node = new MailComposer({
    from: 'shop@contoso.example',
    to: 'ann@example.com',
    subject: 'Hello',
    text: 'Hello Ann',
    messageId: '<own@contoso.example>',
    ...mail,
  }).compile();
  const limits = { heldBytes: 3_000_000, messageBytes: 200_000_000 };
  const read = await readMessage((sink) => writeMessage(node, sink), limits);
  const outgoing: OutgoingMessage = {
    node,
    envelope: { from: 'shop@contoso.example', to: ['ann@example.com'] },
    returnPath: false,
    messageId: '<own@contoso.example>',
    given: { messageId: '<own@contoso.example>', headers: undefined },
    dsn: false,
    graph: {},
    ...more,
  };
  try {
    return prepareMessage(
      outgoing,
      read,
      String(options.userId ?? IDENTITY.userId),
      resolveOptions({ ...IDENTITY, ...options }, {}),
      noThread,
    );
  } finally {
    await read.close();
  }
}
const textOf = ({ sending }: Awaited<ReturnType<typeof prepare>>) => {
  const body = sending.by === 'draft' ? sending.draft.content.body : sending.request.body;
  return Buffer.concat([...body.pieces()]).toString();
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('what a message says for itself comes before the transport', () => {
  test.each([
    ['format', { format: 'mime' }, { format: 'json' }],
    ['delivery', { delivery: 'exactly-once' }, { delivery: 'at-most-once' }],
    ['saveToSentItems', { saveToSentItems: false }, { saveToSentItems: true }],
  ] as const)('%s', async (_, one, other) => {
    const seen = async (options: GraphTransportOptions, graph = {}) => {
      const { decision, sending, unwantedCopy } = await prepare({}, { options, graph });
      return {
        route: decision.route,
        because: decision.because,
        by: sending.by,
        unwantedCopy,
        saves: sending.by === 'request' && sending.savesCopy,
      };
    };
    expect(await seen(one, other)).toEqual(await seen(other));
    expect(await seen(other, one)).toEqual(await seen(one));
    expect(await seen(one)).not.toEqual(await seen(other));
  });

  test('lossy', async () => {
    const mail = { headers: { 'List-Id': '<news.contoso.example>' } };
    const json = { format: 'json' } as const;
    await expect(
      prepare(mail, { options: { ...json, lossy: true }, graph: { lossy: false } }),
    ).rejects.toMatchObject({
      code: 'EMESSAGE',
      message: expect.stringContaining("The message cannot go through Graph: Graph's JSON has no place for"),
      hint: 'Nothing was sent.',
    });
    const { decision } = await prepare(mail, { options: json, graph: { lossy: true } });
    expect(decision.dropped).toEqual([expect.stringContaining('List-ID')]);
  });

  test('importance and categories', async () => {
    const { message } = await prepare({}, { graph: { importance: 'high', categories: ['Orders'] } });
    expect(message).toMatchObject({ importance: 'high', categories: ['Orders'] });
  });

  test('importance and categories, as MIME', async () => {
    const { sending } = await prepare(
      {},
      { graph: { format: 'mime', importance: 'high', categories: ['Orders'] } },
    );
    const [body = ''] = sending.by === 'request' ? sending.request.body.pieces() : [];
    const mime = Buffer.from(String(body), 'base64').toString();
    expect(mime).toMatch(/^Importance: high\r$/m);
    expect(mime).toMatch(/^Keywords: Orders\r$/m);
  });
});

describe('the Message-ID', () => {
  const madeUp = '<0a1b2c3d-4e5f-6789-abcd-ef0123456789@localhost>';

  test('that the app gave is kept', async () => {
    const { messageId, message } = await prepare();
    expect([messageId, message.internetMessageId]).toEqual([
      '<own@contoso.example>',
      '<own@contoso.example>',
    ]);
  });

  test.each(['json', 'mime'] as const)(
    'that Nodemailer made up gets the domain of the mailbox if there is no From, as %s',
    async (format) => {
      const prepared = await prepare(
        { from: undefined, messageId: madeUp },
        { messageId: madeUp, given: { messageId: undefined, headers: undefined }, options: { format } },
      );
      expect(prepared.messageId).toMatch(/^<[^@]+@contoso\.example>$/);
      const text = format === 'mime' ? Buffer.from(textOf(prepared), 'base64').toString() : textOf(prepared);
      expect(text).toContain(prepared.messageId);
      expect(text).not.toContain('@localhost');
    },
  );

  test('that the app gave is kept, whatever it looks like', async () => {
    const given = { messageId: madeUp, headers: undefined };
    const { messageId } = await prepare({ from: undefined, messageId: madeUp }, { messageId: madeUp, given });
    expect(messageId).toBe(madeUp);
  });

  test.each([
    ['the tenant, if it is named by a domain', { tenantId: 'contoso.example' }, 'contoso.example'],
    ['nobody, if nothing has a domain', {}, 'mailbox.invalid'],
    [
      'nobody, with a credential, whose tenant is not known',
      {
        tenantId: undefined,
        clientId: undefined,
        clientSecret: undefined,
        credential: { getToken: async () => null },
      },
      'mailbox.invalid',
    ],
  ])('that Nodemailer made up gets the domain of %s', async (_, identity, domain) => {
    const options = { ...identity, userId: '11111111-2222-4333-8444-555555555555' };
    const given = { messageId: undefined, headers: undefined };
    const envelope = { from: false as const, to: ['ann@example.com'] };
    const { messageId } = await prepare(
      { from: undefined, messageId: madeUp },
      { messageId: madeUp, given, options, envelope },
    );
    expect(messageId).toBe(`<0a1b2c3d-4e5f-6789-abcd-ef0123456789@${domain}>`);
  });

  test('that a raw message has comes before the one of Nodemailer', async () => {
    const raw =
      'From: shop@contoso.example\r\nTo: ann@example.com\r\nMessage-ID: <raw@contoso.example>\r\n\r\nHi';
    for (const format of ['json', 'mime'] as const) {
      const { messageId } = await prepare({ raw }, { options: { format } });
      expect(messageId).toBe('<raw@contoso.example>');
    }
  });
});

describe('by a draft', () => {
  const once = { delivery: 'exactly-once' } as const;

  test('the mark of a message is a digest of its Message-ID, and each draft has another one', async () => {
    const [first, second] = [await prepare({}, { options: once }), await prepare({}, { options: once })];
    if (first.sending.by !== 'draft' || second.sending.by !== 'draft') throw new Error('no draft');
    expect(first.sending.draft.marks.message).toBe(sha256('<own@contoso.example>'));
    expect(second.sending.draft.marks.message).toBe(first.sending.draft.marks.message);
    expect(second.sending.draft.marks.draft).not.toBe(first.sending.draft.marks.draft);
    expect(first.sending.draft).toMatchObject({
      userId: IDENTITY.userId,
      messageId: '<own@contoso.example>',
      searchLagMs: undefined,
      bytes: first.jsonBytes(),
    });
    expect(textOf(first)).toContain(sha256('<own@contoso.example>'));
  });

  test('searchLag is that of the transport', async () => {
    const { sending } = await prepare({}, { options: { ...once, searchLag: 3 } });
    expect(sending).toMatchObject({ draft: { searchLagMs: 3 } });
  });

  test('with at-most-once delivery there is no mark of the message', async () => {
    const content = Buffer.alloc(3_100_000, 'x');
    const { sending, decision } = await prepare({ attachments: [{ filename: 'a.bin', content }] });
    expect(decision).toMatchObject({ route: 'draft', because: 'size' });
    expect(sending).toMatchObject({ draft: { marks: { message: undefined }, content: { isMime: false } } });
  });

  test('MIME goes as it is, and has nothing to add', async () => {
    const { sending, decision } = await prepare({}, { options: { ...once, format: 'mime' } });
    expect(decision.route).toBe('mime');
    expect(sending).toMatchObject({
      by: 'draft',
      draft: { content: { isMime: true, added: [], contentType: 'text/plain' } },
    });
  });

  test('headers that JSON lacks go along as named properties if the message is too large for MIME', async () => {
    const headers = { 'List-Id': '<news.contoso.example>' };
    const content = Buffer.alloc(3_100_000, 'x');
    const large = await prepare({ headers, attachments: [{ filename: 'a.bin', content }] });
    expect(large.decision).toMatchObject({ route: 'draft', named: ['List-ID'] });
    expect(textOf(large)).toContain('news.contoso.example');
    expect(large.strippedHeaders).toEqual([]);
    expect(large.losses).toEqual([expect.stringContaining('List-ID')]);
  });
});

describe('a copy in Sent Items that is not wanted', () => {
  const options = { saveToSentItems: false };

  test.each([
    ['is none for JSON, whose request asks for none', {}, undefined],
    ['is the proof of exactly-once delivery', { delivery: 'exactly-once' }, { by: 'proof' }],
    ['is found by its Message-ID, for MIME', { format: 'mime' }, { by: 'message-id' }],
  ] as const)('%s', async (_, more, unwantedCopy) => {
    expect((await prepare({}, { options: { ...options, ...more } })).unwantedCopy).toEqual(unwantedCopy);
    expect((await prepare({}, { options: more })).unwantedCopy).toBeUndefined();
  });

  test('is found by the mark of its draft', async () => {
    const attachments = [{ filename: 'a.bin', content: Buffer.alloc(3_100_000, 'x') }];
    const { unwantedCopy, sending } = await prepare({ attachments }, { options });
    if (sending.by !== 'draft') throw new Error('no draft');
    expect(unwantedCopy).toEqual({ by: 'draft', mark: sending.draft.marks.draft });
  });

  test('is what a request of JSON alone can do without', async () => {
    for (const [more, savesCopy] of [
      [{}, true],
      [options, false],
      [{ format: 'mime' }, false],
    ] as const) {
      expect((await prepare({}, { options: more })).sending).toMatchObject({ by: 'request', savesCopy });
    }
    expect(JSON.parse(textOf(await prepare({}, { options })))).toMatchObject({ saveToSentItems: false });
  });
});

describe('headers that only a named property could carry', () => {
  const mail = { headers: { 'Auto-Submitted': 'auto-generated' } };

  test('are left out of JSON and of a draft of the same message, and told', async () => {
    const json = await prepare(mail);
    expect(json.decision.route).toBe('json');
    expect(json.strippedHeaders).toEqual(['Auto-Submitted']);
    const once = await prepare(mail, { options: { delivery: 'exactly-once' } });
    expect(once.decision).toMatchObject({ route: 'draft', because: 'delivery' });
    expect(once.strippedHeaders).toEqual(json.strippedHeaders);
  });

  test('go along with MIME, and with the draft of a message that is too large', async () => {
    expect((await prepare(mail, { options: { format: 'mime' } })).strippedHeaders).toEqual([]);
    const attachments = [{ filename: 'a.bin', content: Buffer.alloc(3_100_000, 'x') }];
    const large = await prepare({ ...mail, attachments });
    expect(large.decision.route).toBe('draft');
    expect(large.strippedHeaders).toEqual([]);
    expect(textOf(large)).toContain('auto-generated');
  });
});

test('an attachment that is larger than Graph takes is refused, with its size', async () => {
  const attachments = [
    { filename: 'small.bin', content: 'x' },
    { filename: 'large.bin', content: Buffer.alloc(3_100_000, 'x') },
  ];
  const large = await prepare({ attachments });
  const [small, big] = large.content.attachments;
  if (!small || !big) throw new Error('two attachments');
  const tooBig = {
    ...big,
    content: { ...big.content, size: 150_000_001, held: undefined, read: big.content.read },
  };
  const node = message();
  const limits = { heldBytes: 3_000_000, messageBytes: 200_000_000 };
  const read = await readMessage((sink) => writeMessage(node, sink), limits);
  const outgoing: OutgoingMessage = {
    node,
    envelope: { from: 'a@contoso.example', to: ['ann@example.com'] },
    returnPath: false,
    messageId: '<own@contoso.example>',
    given: { messageId: '<own@contoso.example>', headers: undefined },
    dsn: false,
    graph: {},
  };
  const content = { ...read.content, attachments: [small, tooBig] };
  expect(() =>
    prepareMessage(
      outgoing,
      { ...read, content },
      IDENTITY.userId,
      resolveOptions({ ...IDENTITY, format: 'json' }, {}),
    ),
  ).toThrow('it has an attachment of 150000001 bytes, and Graph takes 150000000');
  await read.close();
});

test('what is left out of a message is told when it was sent', async () => {
  const prepared = await prepare({ headers: { 'Auto-Submitted': 'auto-generated' } });
  const envelope = { from: 'bounces@contoso.example', to: ['ann@example.com'] };
  const outgoing: OutgoingMessage = {
    node: message(),
    envelope,
    returnPath: 'bounces@contoso.example',
    messageId: '<own@contoso.example>',
    given: { messageId: '<own@contoso.example>', headers: undefined },
    dsn: true,
    graph: {},
  };
  const sent = {
    response: '202 Accepted',
    requestId: undefined,
    clientRequestId: undefined,
    deduplicated: false,
    sentItem: undefined,
  };
  const counts = { messageSize: 1, messageTime: 1, attempts: 1 };
  const info = sentInfo(outgoing, prepared, sent, {
    userId: IDENTITY.userId,
    keptCopy: 'saveToSentItems: false',
    ...counts,
  });
  expect(info.dropped).toEqual([
    'the header Auto-Submitted',
    'dsn, which is a matter of SMTP',
    'envelope sender bounces@contoso.example',
    'saveToSentItems: false',
  ]);
  expect(info).not.toHaveProperty('draftMayBeLeft');
  expect(info).toMatchObject({ scheduled: false, sendAt: undefined, rejected: [], pending: [] });
  const sendAt = new Date(0);
  const scheduled = sentInfo(
    { ...outgoing, dsn: false, returnPath: false },
    { ...prepared, withoutThread: 'it goes as MIME', strippedHeaders: [], sendAt },
    { ...sent, mayLeaveDraft: true },
    { userId: IDENTITY.userId, keptCopy: undefined, ...counts },
  );
  expect(scheduled).toMatchObject({ scheduled: true, sendAt, draftMayBeLeft: true });
  expect(scheduled.dropped).toEqual(['inReplyTo: it goes as MIME']);
});

describe('a reply in its conversation', () => {
  const graph = { inReplyTo: ' <first@example.com> ' };
  const to = (...addresses: string[]) => ({
    to: addresses,
    envelope: { from: false as const, to: addresses },
  });

  test('is a draft of a reply, with what the message adds to it', async () => {
    const { decision, sending, withoutThread, losses } = await prepare({}, { graph });
    expect(decision).toMatchObject({ route: 'draft', because: 'reply' });
    expect(sending).toMatchObject({
      by: 'draft',
      draft: { reply: { messageId: '<first@example.com>', toAll: false } },
    });
    expect([withoutThread, losses]).toEqual([undefined, []]);
  });

  test.each([
    [['ann@example.com'], {}, false],
    [['ann@example.com', 'bob@example.com'], {}, true],
    [['ann@example.com', 'bob@example.com'], { cc: 'bob@example.com' }, true],
    [['ann@example.com', 'eve@example.com'], { bcc: 'eve@example.com' }, true],
  ])('goes to all if there are several recipients: %j %j', async (addresses, mail, toAll) => {
    const { envelope } = to(...addresses);
    const { sending } = await prepare({ to: 'ann@example.com', ...mail }, { graph, envelope });
    expect(sending).toMatchObject({ draft: { reply: { toAll } } });
  });

  test('is not possible as MIME, or where it was refused, and that is told', async () => {
    const mime = await prepare({}, { graph: { ...graph, format: 'mime' } });
    expect([mime.decision.route, mime.withoutThread]).toEqual(['mime', 'it goes as MIME']);
    const invitation = {
      icalEvent: { method: 'REQUEST' as const, content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR' },
    };
    const meeting = await prepare(invitation, { graph });
    expect([meeting.decision.route, meeting.withoutThread]).toEqual(['mime', 'it goes as MIME']);
    const refused = await prepare({}, { graph, noThread: 'it was not found' });
    expect([refused.decision.route, refused.withoutThread]).toEqual(['json', 'it was not found']);
    expect(refused.sending.by).toBe('request');
  });

  test('keeps headers that only a draft carries', async () => {
    const prepared = await prepare({ headers: { 'Auto-Submitted': 'auto-replied' } }, { graph });
    expect(prepared.strippedHeaders).toEqual([]);
    expect(textOf(prepared)).toContain('auto-replied');
  });

  test('of none is no reply', async () => {
    const { decision, withoutThread } = await prepare();
    expect([decision.route, withoutThread]).toEqual(['json', undefined]);
  });
});

describe('a message that is scheduled', () => {
  const sendAt = new Date(Date.UTC(2030, 0, 1));

  test('is a draft with a mark by which it is found again, and its time', async () => {
    const { decision, sending, sendAt: told } = await prepare({}, { graph: { sendAt } });
    expect(decision).toMatchObject({ route: 'draft', because: 'schedule' });
    expect(told).toBe(sendAt);
    if (sending.by !== 'draft') throw new Error('no draft');
    expect(sending.draft.marks.schedule).toEqual(scheduleMarks(sendAt, '<own@contoso.example>'));
    expect((await prepare()).sendAt).toBeUndefined();
  });

  test('has its copy made later', async () => {
    const later = await prepare({}, { graph: { sendAt }, options: { saveToSentItems: false } });
    expect(later.unwantedCopy).toEqual({ by: 'later' });
    expect((await prepare({}, { graph: { sendAt } })).unwantedCopy).toBeUndefined();
  });

  test('carries the headers that JSON lacks', async () => {
    const prepared = await prepare(
      { headers: { 'Auto-Submitted': 'auto-generated' } },
      { graph: { sendAt } },
    );
    expect(prepared.strippedHeaders).toEqual([]);
    expect(textOf(prepared)).toContain('auto-generated');
  });
});
