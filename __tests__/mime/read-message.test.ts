import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readMessage } from '../../src/mime/read-message';
import { from, readLines, readMail } from '../support/mail-content';

const LIMITS = { heldBytes: 1000, messageBytes: 1000 };

test('unfolds and decodes headers, raw UTF-8 ones too', async () => {
  const { headers } = await readLines(
    'X-Folded: one',
    '  two',
    'X-Encoded: =?utf-8?B?R3LDvMOfZQ==?=',
    'X-Raw: Grüße',
    '',
    'body',
  );
  expect(headers.map(({ name, value }) => [name, value])).toEqual([
    ['X-Folded', 'one  two'],
    ['X-Encoded', 'Grüße'],
    ['X-Raw', 'Grüße'],
  ]);
});

test('keeps text that stands beside HTML, with its white space', async () => {
  const { html } = await readLines(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>Hello</p>',
    '--b',
    'Content-Type: text/plain',
    '',
    'a  <b>',
    ' & c',
    '--b--',
  );
  expect(html).toBe('<p>Hello</p><br/>\n<div style="white-space: pre-wrap">a  &lt;b&gt;\n &amp; c</div>');
});

test('fails when the source breaks in the middle of an attachment', async () => {
  const source = Readable.from(
    (function* () {
      yield 'Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0x\r\n';
      throw new Error('disk gone');
    })(),
  );
  await expect(readMessage(from(source), LIMITS)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('disk gone'),
  });
});

/** A mail of attachments, each of so many bytes of one character. */
const attachmentsOf = (...sizes: number[]) =>
  Buffer.from(
    [
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...sizes.flatMap((size, n) => ['--b', 'Content-Type: application/zip', '', String(n).repeat(size)]),
      '--b--',
    ].join('\r\n'),
  );

test('holds a small message in both forms', async () => {
  const mime = attachmentsOf(400, 300);
  const { raw, content } = await readMail(mime, { heldBytes: 1000, messageBytes: 10_000 });
  expect(raw.pieces).toEqual([mime]);
  expect(raw.bytes).toBe(mime.length);
  expect(content.attachments.map((attachment) => attachment.content.held)).toEqual([
    Buffer.alloc(400, '0'),
    Buffer.alloc(300, '1'),
  ]);
});

test('puts attachments on disk from the one that would be too much for memory', async () => {
  const limits = { heldBytes: 1000, messageBytes: 2_000_000 };
  const { raw, content, close } = await readMail(attachmentsOf(600, 600, 700_000, 1, 5), limits);
  expect(raw.pieces).toBeUndefined();
  const contents = content.attachments.map((attachment) => attachment.content);
  expect(contents.map(({ size }) => size)).toEqual([600, 600, 700_000, 1, 5]);
  expect(contents.map(({ held }) => held?.length)).toEqual([600, undefined, undefined, undefined, undefined]);
  for (const [n, part] of contents.entries()) {
    const bytes = await part.read(Buffer.alloc(part.size + 10), 0);
    expect(bytes.equals(Buffer.alloc(part.size, String(n)))).toBe(true);
  }
  expect(await contents[2]?.read(Buffer.alloc(100), 699_950)).toEqual(Buffer.alloc(50, '2'));
  await close();
});

/** The temporary files that this process has open, by what Linux says of them. */
const openFiles = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.includes('nodemailer-graph-transport-') ? [{ fd: Number(fd), target }] : [];
    } catch {
      return [];
    }
  });

test('keeps a temporary file that is private and has no name, only as long as it is needed', async () => {
  const { close } = await readMail(attachmentsOf(5000), { heldBytes: 1000, messageBytes: 10_000 });
  const [file, ...others] = openFiles();
  expect(others).toEqual([]);
  expect(file?.target).toMatch(/ \(deleted\)$/);
  expect(fstatSync(file?.fd ?? -1).mode & 0o777).toBe(0o600);
  await close();
  expect(openFiles()).toEqual([]);
});

test('keeps no temporary file of a message that fails, and opens none for a small one', async () => {
  const limits = { heldBytes: 1000, messageBytes: 4000 };
  await expect(readMail(attachmentsOf(2000, 2001), limits)).rejects.toMatchObject({ code: 'EMESSAGE' });
  await readMail(attachmentsOf(500), limits);
  expect(openFiles()).toEqual([]);
});

test('refuses attachments over messageBytes as soon as they are', async () => {
  await expect(
    readMail(attachmentsOf(600, 401), { heldBytes: 100, messageBytes: 1000 }),
  ).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('1000 bytes'),
  });
});

const inBase64 = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n');

/** A mail of attachments, of which every other one is in base64. */
const mixedEncodings = (...contents: Buffer[]) =>
  Buffer.from(
    [
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...contents.flatMap((content, n) => [
        '--b',
        `Content-Type: application/zip; name=${n}.zip`,
        ...(n % 2 === 0
          ? ['Content-Transfer-Encoding: base64', '', inBase64(content)]
          : ['Content-Transfer-Encoding: 8bit', '', content.toString('latin1')]),
      ]),
      '--b--',
    ].join('\r\n'),
    'latin1',
  );

test.each([
  ['in memory', 3_000_000],
  ['on disk', 1000],
])('reads attachments of either encoding whole and in order, %s', async (_where, heldBytes) => {
  const contents = [300_000, 5, 0, 200_000, 1, 70_000, 400_000].map((size, n) =>
    Buffer.alloc(size, `${n}abcdef`),
  );
  const mime = mixedEncodings(...contents);
  const { content, close } = await readMail(mime, { heldBytes, messageBytes: 2_000_000 });
  expect(content.attachments.map(({ filename }) => filename)).toEqual(contents.map((_, n) => `${n}.zip`));
  for (const [n, { content: part }] of content.attachments.entries()) {
    const bytes = await part.read(Buffer.alloc(part.size), 0);
    expect(contents[n]?.equals(bytes)).toBe(true);
  }
  await close();
});

test('refuses attachments in base64 over messageBytes, and keeps no temporary file', async () => {
  const mime = mixedEncodings(Buffer.alloc(600_000), Buffer.alloc(10), Buffer.alloc(500_000));
  await expect(readMail(mime, { heldBytes: 100, messageBytes: 1_000_000 })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('1000000 bytes'),
  });
  expect(openFiles()).toEqual([]);
});

test.each([0, 1])('fails when the source breaks while an attachment goes to disk (%i)', async (before) => {
  const mime = mixedEncodings(...[Buffer.alloc(10), Buffer.alloc(900_000, 'x')].slice(1 - before));
  for (let breakAt = 250_000; breakAt < 800_000; breakAt += 50_000) {
    const source = Readable.from(
      (function* () {
        for (let at = 0; at < breakAt; at += 50_000) yield mime.subarray(at, at + 50_000);
        throw new Error('disk gone');
      })(),
    );
    await expect(
      readMessage(from(source), { heldBytes: 1000, messageBytes: 1_000_000 }),
    ).rejects.toMatchObject({
      code: 'EMESSAGE',
      message: expect.stringContaining('disk gone'),
    });
  }
  expect(openFiles()).toEqual([]);
});

test('gives a message up in the middle of an attachment, and keeps no temporary file', async () => {
  const mime = mixedEncodings(Buffer.alloc(900_000));
  const abort = new AbortController();
  const source = Readable.from(
    (async function* () {
      yield mime.subarray(0, 600_000);
      abort.abort();
      await new Promise(() => undefined);
    })(),
  );
  const limits = { heldBytes: 1000, messageBytes: 1_000_000 };
  await expect(readMessage(from(source), limits, abort.signal)).rejects.toMatchObject({ code: 'EABORT' });
  expect(openFiles()).toEqual([]);
});

test.each([
  ['base64', 'aGVsbG8='],
  ['7bit', 'hello'],
])(
  'refuses a message whose parts mailparser would not find, given an attachment in %s',
  async (encoding, body) => {
    const lines = [
      'Content-Type: multipart/mixed; boundary="b\xe4"',
      '',
      '--b\xe4',
      '',
      'Text',
      '--b\xe4',
      'Content-Type: application/zip',
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      body,
      '--b\xe4--',
      '',
    ];
    for (const charset of ['latin1', 'utf8'] as const) {
      await expect(readMail(Buffer.from(lines.join('\r\n'), charset))).rejects.toMatchObject({
        code: 'EMESSAGE',
        message: expect.stringContaining('boundary that is not ASCII'),
      });
    }
    expect(openFiles()).toEqual([]);
  },
);

test.each([
  ['text', 'Content-Type: text/plain\r\n\r\nx\r\n'],
  ['attachments', 'Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n'],
])('refuses a message of more parts than the parser takes, given %s', async (_what, part) => {
  const mime = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${part}`.repeat(1500)}--b--\r\n`;
  const limits = { heldBytes: 1000, messageBytes: 100_000 };
  await expect(readMail(Buffer.from(mime), limits)).rejects.toMatchObject({ code: 'EMESSAGE' });
  expect(openFiles()).toEqual([]);
});
