import { Readable } from 'node:stream';
import { encode, wrap } from 'nodemailer/lib/base64';
import { Base64Content, bytesOf } from '../../src/mime/base64-content';
import { PartScanner } from '../../src/mime/part-scanner';
import { readMessage } from '../../src/mime/read-message';
import { Spool } from '../../src/mime/spool';
import { fc } from '../support/fast-check';
import { from, readMail } from '../support/mail-content';

const LIMITS = { heldBytes: 1_000_000, messageBytes: 1_000_000 };

const bytes = (size: number, seed: number) => Buffer.alloc(size).map((_, n) => (n * 31 + seed) % 256);

function expectLinesOfNodemailer(content: Buffer): void {
  const base64 = new Base64Content(content);
  const lines = Buffer.concat([...base64.lines()]).toString();
  expect(lines).toBe(wrap(encode(content)));
  expect(base64.length).toBe(lines.length);
}

test('has the lines that Nodemailer writes, and knows their length', () => {
  fc.assert(
    fc.property(fc.nat(400), fc.nat(255), (size, seed) =>
      expectLinesOfNodemailer(Buffer.from(bytes(size, seed))),
    ),
  );
});

test.each([57, 114, 47_879, 47_880, 47_881, 95_760, 100_000])(
  'has the lines that Nodemailer writes of %s bytes, which end with a line or a piece, or just do not',
  (size) => expectLinesOfNodemailer(Buffer.from(bytes(size, 7))),
);

const header = (...fields: string[]) => Buffer.from(`${fields.join('\r\n')}\r\n\r\n`);
const content = Buffer.from('%PDF-1.7 \r--b\n');

test.each<[string, string[], boolean]>([
  ['of a file in base64', ['Content-Type: application/pdf', 'Content-Transfer-Encoding: base64'], true],
  ['of text in base64', ['Content-Type: text/plain', 'Content-Transfer-Encoding: Base64'], true],
  ['in another encoding', ['Content-Type: application/pdf', 'Content-Transfer-Encoding: binary'], false],
  ['of parts', ['Content-Type: multipart/mixed; boundary=b', 'Content-Transfer-Encoding: base64'], false],
])('the scanner takes the content %s: %#', (_what, fields, isTaken) => {
  const scanner = new PartScanner(() => new Spool(1000, 1000).open());
  scanner.scan(header(...fields));
  expect(scanner.takeContent(new Base64Content(content))).toBe(isTaken);
});

test('the scanner takes no content in the middle of a part or of a header', () => {
  const fields = ['Content-Type: application/pdf', 'Content-Transfer-Encoding: base64'];
  for (const start of [
    Buffer.from(fields.join('\r\n')),
    Buffer.concat([header(...fields), Buffer.from('JVBE')]),
  ]) {
    const scanner = new PartScanner(() => new Spool(1000, 1000).open());
    scanner.scan(start);
    expect(scanner.takeContent(new Base64Content(content))).toBe(false);
  }
});

test.each(['base64', 'binary'])(
  'a message reads the same with contents as with their lines, in %s',
  async (encoding) => {
    const pieces = [
      Buffer.from('From: a@contoso.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n'),
      header('Content-Type: application/pdf; name=a.pdf', `Content-Transfer-Encoding: ${encoding}`),
      new Base64Content(content),
      Buffer.from('\r\n--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n--x--\r\n'),
    ];
    const given = await readMessage(
      () => undefined,
      LIMITS,
      undefined,
      () => pieces,
    );
    const lines = Buffer.concat([...bytesOf(pieces)]);
    for (const read of [
      await readMail(lines, LIMITS),
      await readMessage(from(Readable.from([lines])), LIMITS),
    ]) {
      expect(given.content.text).toBe(read.content.text);
      expect(given.content.losses).toEqual(read.content.losses);
      expect(given.raw.bytes).toBe(read.raw.bytes);
      expect(given.content.attachments.map((file) => String(file.content.held))).toEqual(
        read.content.attachments.map((file) => String(file.content.held)),
      );
    }
  },
);

test('contents count towards the size that a message may have', async () => {
  const pieces = [
    header('Content-Type: application/pdf', 'Content-Transfer-Encoding: base64'),
    new Base64Content(Buffer.alloc(1_000_001)),
  ];
  await expect(
    readMessage(
      () => undefined,
      LIMITS,
      undefined,
      () => pieces,
    ),
  ).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('maxMessageSize'),
  });
});
