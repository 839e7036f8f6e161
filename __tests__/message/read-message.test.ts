import { Readable } from 'node:stream';
import { readMessage } from '../../src/message/read-message';
import { readLines } from '../support/mail-content';

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
  await expect(readMessage(source, 1000)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('disk gone'),
  });
});

test('holds attachments and message up to the limit, and counts the rest', async () => {
  const head = 'Content-Type: application/octet-stream\r\n\r\n';
  const mail = (size: number) => Readable.from([head + 'x'.repeat(size)]);
  const held = await readMessage(mail(900), 1000);
  expect(held).toMatchObject({ complete: true, rawBytes: head.length + 900 });
  expect(held.raw).toHaveLength(head.length + 900);
  expect(held.content.attachments[0]).toMatchObject({ size: 900, content: Buffer.alloc(900, 'x') });

  const counted = await readMessage(mail(1001), 1000);
  expect(counted).toMatchObject({ complete: false, raw: undefined, rawBytes: head.length + 1001 });
  expect(counted.content.attachments[0]).toMatchObject({ size: 1001, content: Buffer.alloc(0) });
});

test('refuses a message of more parts than the parser takes', async () => {
  const parts = Array.from({ length: 1500 }, () => '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n');
  const source = Readable.from(['Content-Type: multipart/mixed; boundary=b\r\n\r\n', ...parts, '--b--\r\n']);
  await expect(readMessage(source, 1000)).rejects.toMatchObject({ code: 'EMESSAGE' });
});
