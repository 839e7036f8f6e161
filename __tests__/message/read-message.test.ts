import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readMessage } from '../../src/message/read-message';
import { readLines, readMail } from '../support/mail-content';

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
  await expect(readMessage(source, LIMITS)).rejects.toMatchObject({
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
  const { raw, rawBytes, content } = await readMail(mime, { heldBytes: 1000, messageBytes: 10_000 });
  expect(raw).toEqual(mime);
  expect(rawBytes).toBe(mime.length);
  expect(content.attachments.map((attachment) => attachment.content.held)).toEqual([
    Buffer.alloc(400, '0'),
    Buffer.alloc(300, '1'),
  ]);
});

test('puts attachments on disk from the one that would be too much for memory', async () => {
  const limits = { heldBytes: 1000, messageBytes: 2_000_000 };
  const { raw, content, close } = await readMail(attachmentsOf(600, 600, 700_000, 1, 5), limits);
  expect(raw).toBeUndefined();
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

test('refuses a message of more parts than the parser takes', async () => {
  const parts = Array.from({ length: 1500 }, () => '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n');
  const source = Readable.from(['Content-Type: multipart/mixed; boundary=b\r\n\r\n', ...parts, '--b--\r\n']);
  await expect(readMessage(source, LIMITS)).rejects.toMatchObject({ code: 'EMESSAGE' });
});
