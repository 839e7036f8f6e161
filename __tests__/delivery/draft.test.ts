import { Readable } from 'node:stream';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const createTransporter = (options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(graphTransport({ ...sandbox.options, ...options }));

/** Bytes that tell where they were cut or exchanged. */
const pattern = (size: number) => {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32BE(at, at);
  return bytes;
};
const letter: SendMailOptions = { to: 'ann@example.com', subject: 'Plans', text: 'Here they are' };
const requests = () =>
  sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/\/v1\.0\/users\/[^/]+/, '')}`);
const calls = (pattern: RegExp) => requests().filter((line) => pattern.test(line)).length;

test('a message one byte under the limit goes in one request, one byte over as a draft, and neither meets a 413', async () => {
  const transporter = createTransporter();
  const attachments = [{ filename: 'a.bin', content: pattern(2_998_500) }];
  const probe = await transporter.sendMail({ ...letter, attachments, messageId: '<a@contoso.example>' });
  expect(probe.route).toBe('json');
  const bytes = Buffer.byteLength(JSON.stringify(sandbox.messages[0]?.request));
  const padded = (more: number) => ({
    ...letter,
    subject: `Plans${'x'.repeat(4_000_000 - bytes + more)}`,
    attachments,
    messageId: '<a@contoso.example>',
  });
  expect(await transporter.sendMail(padded(0))).toMatchObject({ route: 'json' });
  expect(await transporter.sendMail(padded(1))).toMatchObject({
    route: 'draft',
    routeReason: 'size: 4000001 bytes as one request of JSON',
  });
  expect(Buffer.byteLength(JSON.stringify(sandbox.messages[1]?.request))).toBe(4_000_000);
  expect(
    sandbox.messages[2]?.attachments[0]?.content.equals(attachments[0]?.content ?? Buffer.alloc(0)),
  ).toBe(true);
  expect(sandbox.requests.map(({ status }) => status)).not.toContain(413);
  transporter.close();
});

test('a message too large for MIME takes its headers along as named properties, and says so', async () => {
  const transporter = createTransporter();
  const raw = [
    `From: ${sandbox.options.userId}`,
    'To: ann@example.com',
    'Received: from b.example',
    'Received: from a.example',
    'List-Id: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= <news.example.com>',
    'Auto-Submitted: auto-generated',
    'X-Microsoft-Exchange-Organization-SCL: -1',
    ...[1, 2, 3, 4, 5, 6].map((n) => `X-Our-${n}: ${n}`),
    'Content-Type: application/zip; name=a.zip',
    'Content-Transfer-Encoding: 8bit',
    '',
    'x'.repeat(4_000_000),
  ].join('\r\n');
  const info = await transporter.sendMail({
    raw,
    envelope: { from: sandbox.options.userId, to: ['ann@example.com'] },
  });
  expect(info).toMatchObject({ route: 'draft', dropped: ['the header Received'] });
  expect(info.routeReason).toMatch(
    /^size: .* \[MS-OXCMAIL\] .*not tried: Received, List-Id, X-Our-5, X-Our-6$/,
  );
  const named = sandbox.messages[0]?.extendedProperties.filter(({ id }) => id.includes('00020386'));
  expect(named?.map(({ id, value }) => [id.replace(/.* Name /, ''), value])).toEqual([
    ['received', 'from b.example'],
    ['list-id', 'Grüße <news.example.com>'],
    ['x-our-5', '5'],
    ['x-our-6', '6'],
    ['auto-submitted', 'auto-generated'],
  ]);
  transporter.close();
});

test('a large attachment is uploaded in ranges and arrives whole, beside small ones and in order', async () => {
  const transporter = createTransporter();
  const large = pattern(9_000_001);
  const image = pattern(3_500_000);
  const info = await transporter.sendMail({
    from: { name: 'Contoso', address: sandbox.options.userId },
    to: 'Jörg <joerg@example.com>',
    cc: 'bob@example.com',
    bcc: 'eve@example.com',
    replyTo: 'help@contoso.example',
    subject: 'Pläne',
    html: '<img src="cid:photo@contoso">',
    inReplyTo: '<parent@example.com>',
    priority: 'high',
    headers: { 'X-Project': 'Brücke' },
    attachments: [
      { filename: 'first.txt', content: 'one' },
      { filename: 'photo.png', content: image, cid: 'photo@contoso' },
      {
        filename: 'plan.zip',
        content: Readable.from([large.subarray(0, 5_000_000), large.subarray(5_000_000)]),
      },
      { filename: 'last.txt', content: 'two' },
    ],
  });
  transporter.close();

  expect(info).toMatchObject({
    route: 'draft',
    accepted: ['joerg@example.com', 'bob@example.com', 'eve@example.com'],
  });
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.messages[0]).toMatchObject({
    route: 'draft',
    from: { name: 'Contoso' },
    to: [{ name: 'Jörg', address: 'joerg@example.com' }],
    cc: [{ address: 'bob@example.com' }],
    bcc: [{ address: 'eve@example.com' }],
    replyTo: [{ address: 'help@contoso.example' }],
    subject: 'Pläne',
    importance: 'high',
    internetMessageId: info.messageId,
    headers: expect.arrayContaining([{ name: 'X-Project', value: 'Brücke' }]),
    extendedProperties: expect.arrayContaining([{ id: 'String 0x1042', value: '<parent@example.com>' }]),
  });
  const arrived = sandbox.messages[0]?.attachments ?? [];
  const names = ['photo.png', 'first.txt', 'plan.zip', 'last.txt'];
  expect(arrived.map(({ name }) => name)).toEqual(names);
  expect(arrived[0]).toMatchObject({ isInline: true, contentId: 'photo@contoso', contentType: 'image/png' });
  expect(arrived[0]?.content.equals(image)).toBe(true);
  expect(arrived[1]?.content.toString()).toBe('one');
  expect(arrived[2]?.content.equals(large)).toBe(true);
  expect(calls(/^PUT/)).toBe(4);
  expect(sandbox.drafts).toEqual([]);
});

test('many small attachments that are too much together are added one by one', async () => {
  const transporter = createTransporter();
  const contents = Array.from({ length: 20 }, (_, n) => Buffer.alloc(300_000, n));
  const attachments = contents.map((content, n) => ({ filename: `${n}.bin`, content }));
  const info = await transporter.sendMail({ ...letter, attachments });
  transporter.close();
  expect(info.route).toBe('draft');
  const arrived = sandbox.messages[0]?.attachments ?? [];
  expect(arrived.map(({ name }) => name)).toEqual(attachments.map(({ filename }) => filename));
  expect(arrived.every(({ content }, n) => content.equals(contents[n] ?? Buffer.alloc(0)))).toBe(true);
  // Nine fit the request that makes the draft.
  expect(calls(/^POST \/messages\/[^/]+\/attachments$/)).toBe(11);
});

test('an attachment just under what a session takes is added by POST', async () => {
  const transporter = createTransporter();
  const content = pattern(2_999_999);
  const info = await transporter.sendMail({ ...letter, attachments: [{ filename: 'a.bin', content }] });
  transporter.close();
  expect(info.route).toBe('draft');
  expect(sandbox.messages[0]?.attachments[0]?.content.equals(content)).toBe(true);
  expect(calls(/createUploadSession/)).toBe(0);
});

test('a body that no request holds is refused, with its size', async () => {
  const transporter = createTransporter();
  await expect(transporter.sendMail({ ...letter, html: 'x'.repeat(4_100_000) })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('over 4000000 bytes'),
  });
  transporter.close();
  expect(sandbox.requests).toEqual([]);
});

test('without Mail.ReadWrite the error names the permission and the size', async () => {
  const limited = await startSandbox({ roles: ['Mail.Send'] });
  const transporter = nodemailer.createTransport(graphTransport(limited.options));
  const sent = transporter.sendMail({ ...letter, attachments: [{ content: pattern(4_000_000) }] });
  await expect(sent).rejects.toMatchObject({
    code: 'EAUTH',
    graphCode: 'ErrorAccessDenied',
    message: expect.stringMatching(/53\d{5} bytes.*Mail\.ReadWrite/),
  });
  transporter.close();
  await limited.close();
});

test('a draft that Graph will not send is deleted', async () => {
  const transporter = createTransporter();
  const attachments = [{ content: pattern(4_000_000) }];
  await expect(
    transporter.sendMail({ ...letter, from: 'ceo@contoso.example', attachments }),
  ).rejects.toMatchObject({ code: 'EENVELOPE', graphCode: 'ErrorSendAsDenied' });
  transporter.close();
  expect(sandbox.messages).toEqual([]);
  expect(sandbox.drafts).toEqual([]);
});

test('messages with large attachments go side by side', async () => {
  const transporter = createTransporter();
  const send = (n: number) =>
    transporter.sendMail({
      ...letter,
      subject: String(n),
      attachments: [{ content: Buffer.alloc(4_000_000, n) }],
    });
  await Promise.all([1, 2, 3, 4].map(send));
  transporter.close();
  expect(sandbox.messages.map(({ subject }) => subject).sort()).toEqual(['1', '2', '3', '4']);
  for (const { subject, attachments } of sandbox.messages) {
    expect(attachments[0]?.content.equals(Buffer.alloc(4_000_000, Number(subject)))).toBe(true);
  }
});

test('tells how far an upload has come, and logs a line for each attachment', async () => {
  const entries: object[] = [];
  const quiet = () => undefined;
  const info = (entry: object) => entries.push(entry);
  const transport = graphTransport({
    ...sandbox.options,
    logger: { trace: quiet, debug: quiet, info, warn: quiet, error: quiet, fatal: quiet },
  });
  const progress = jest.fn();
  transport.on('progress', progress);
  const { messageId } = await nodemailer.createTransport(transport).sendMail({
    ...letter,
    attachments: [
      { filename: 'plan.zip', content: pattern(9_000_000) },
      { filename: 'last.txt', content: 'two' },
    ],
  });
  transport.close();
  const plan = { messageId, attachment: 'plan.zip', totalBytes: 9_000_000 };
  expect(progress.mock.calls).toEqual([
    [{ ...plan, sentBytes: 3_997_696 }],
    [{ ...plan, sentBytes: 7_995_392 }],
    [{ ...plan, sentBytes: 9_000_000 }],
    [{ messageId, attachment: 'last.txt', sentBytes: 3, totalBytes: 3 }],
  ]);
  expect(entries).toMatchObject([
    { tnx: 'upload', messageId, sentBytes: 9_000_000, totalBytes: 9_000_000 },
    { tnx: 'upload', messageId, sentBytes: 3, totalBytes: 3 },
    { tnx: 'send', messageId, route: 'draft' },
  ]);
});
