import { buffer } from 'node:stream/consumers';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Options } from 'nodemailer/lib/mailer';
import { bytesOf, type MessagePiece } from '../../src/mime/base64-content';
import { walk } from '../../src/mime/mail-content';
import { readMessage } from '../../src/mime/read-message';
import { composeAtOnce, composeForReading } from '../../src/nodemailer/compose-small';
import { fc } from '../support/fast-check';

const compile = (options: Options) => new MailComposer({ date: new Date(0), ...options }).compile();
const envelope = {
  from: 'Shop <shop@contoso.example>',
  to: 'Jörg <joerg@example.com>',
  bcc: 'eve@example.com',
};
const LIMITS = { heldBytes: 4_000_000, messageBytes: 4_000_000 };
const bytes = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7) % 256));

const MESSAGES: [what: string, options: Options][] = [
  ['text', { text: 'Hello' }],
  ['text that ends a line', { text: 'Hello\n' }],
  ['text that ends in CR', { text: 'Hello\r' }],
  ['nothing', {}],
  ['an empty text', { text: Buffer.alloc(0) }],
  ['text in headers of the app', { text: 'ä', normalizeHeaderKey: (key) => key.toLowerCase() }],
  [
    'a header about encodings',
    {
      text: 'Hello',
      headers: { 'X-Note': 'Content-Transfer-Encoding: base64' },
      normalizeHeaderKey: (key) => key.toLowerCase(),
    },
  ],
  [
    'a header that the app wrote, with an encoding that is not used',
    {
      text: 'ä',
      headers: { 'X-Note': { prepared: true, value: 'a\r\nContent-Transfer-Encoding: 7bit' } },
    },
  ],
  ['long lines', { text: `${'word '.repeat(200)}\n\n${'x'.repeat(3000)}` }],
  ['many lines that end in white space', { text: 'line \t\r\n'.repeat(5000) }],
  ['text and HTML', { text: 'Grüße', html: `<p>${'Grüße '.repeat(300)}</p>` }],
  ['text in an alphabet of its own', { text: 'Здравствуйте '.repeat(100), subject: 'Заказ' }],
  ['text whose encoding was chosen', { text: 'Hello', textEncoding: 'base64', html: '<p>Hello</p>' }],
  ['text as a Buffer', { text: Buffer.from('Grüße\r\n'.repeat(50)), html: Buffer.from('<p>x</p>') }],
  [
    'files and images',
    {
      html: '<img src="cid:a@b">',
      attachments: [
        { filename: 'a.png', cid: 'a@b', content: bytes },
        { filename: 'Größe.txt', content: 'text\rwith odd\nline ends' },
        { filename: 'empty.bin', content: '' },
        { filename: 'b.csv', content: 'ä;b\n', contentTransferEncoding: '8bit' },
      ],
    },
  ],
  ...[57 * 1024, 57 * 1024 + 1, 57 * 2048, 200_000].map((size): [string, Options] => [
    `a file of ${size} bytes`,
    { attachments: [{ content: Buffer.alloc(size, bytes) }] },
  ]),
  ['a long text as a file', { attachments: [{ filename: 'a.txt', content: 'Grüße\n'.repeat(20_000) }] }],
  [
    'an invitation and other forms',
    {
      text: 'a',
      html: '<p>a</p>',
      amp: '<html amp4email></html>',
      icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
      alternatives: [{ contentType: 'text/x-web-markdown', content: '**a**' }],
    },
  ],
  [
    'headers',
    { headers: { 'X-Order': '4711', References: '<a@b> <c@d>' }, list: { unsubscribe: 'https://a.example' } },
  ],
];

test.each(MESSAGES)('is to the byte what Nodemailer streams: %s', async (_what, options) => {
  const message = compile({ ...envelope, ...options });
  message.keepBcc = true;
  composeForReading(message);
  const whole = composeAtOnce(message);
  const streamed = await buffer(message.createReadStream());
  expect(whole && Buffer.concat([...bytesOf(whole)]).toString('latin1')).toBe(streamed.toString('latin1'));
});

test.each<[string, Options]>([
  ...MESSAGES,
  ['text that looks encoded', { text: 'ä =3D =\r\n.\r\n--x--\r\n \r\n', html: '<p>=C3=A4 </p>\n\n' }],
  ['text of lone surrogates', { text: 'ä\ud800\r\r\n\0' }],
  [
    'text in another alphabet, as bytes',
    {
      text: {
        content: Buffer.from('Grüße\r\n'.repeat(9), 'latin1'),
        contentType: 'text/plain; charset=latin1',
      },
    },
  ],
  [
    'a header about its encoding',
    { text: 'Grüße an alle', headers: { 'X-Note': 'Content-Transfer-Encoding: quoted-printable' } },
  ],
])('reads in 8 bits what the recipient reads: %s', async (_what, options) => {
  const message = compile({ ...envelope, ...options });
  const inEightBits = await read(composeForReading(message));
  const asEncoded = composeAtOnce(message);
  expect(inEightBits).toEqual(await read(asEncoded));
  expect(inEightBits).toEqual(await read([Buffer.concat([...bytesOf(asEncoded ?? [])])]));
});

test('generated text is to the byte what Nodemailer streams, and reads as its bytes do', async () => {
  const line = fc.string({ unit: fc.constantFrom('ab', ' ', '=', 'é', '--', 'x'.repeat(30)), maxLength: 12 });
  const ends = fc.constantFrom('\n', '\r\n', ' \n', '\r', '\n--x\r\n');
  const text = fc.array(fc.tuple(line, ends), { maxLength: 8 }).map((lines) => lines.flat().join(''));
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.option(text),
      fc.constantFrom('x', undefined),
      async (plain, html, boundary) => {
        const message = compile({ ...envelope, text: plain, ...(html === null ? {} : { html }) });
        message.keepBcc = true;
        if (boundary) message.boundary = boundary;
        const pieces = composeAtOnce(message) ?? [];
        const streamed = await buffer(message.createReadStream());
        expect(Buffer.concat([...bytesOf(pieces)]).toString('latin1')).toBe(streamed.toString('latin1'));
        expect(await outcome(pieces)).toEqual(await outcome([streamed]));
      },
    ),
    { numRuns: 200 },
  );
});

test('a file in memory is read as it is, and as it would be read of its lines', async () => {
  const content = Buffer.alloc(100_000, bytes);
  const message = compile({ ...envelope, text: 'Grüße', attachments: [{ filename: 'a.bin', content }] });
  const pieces = composeForReading(message) ?? [];
  const read = await readMessage(
    () => undefined,
    LIMITS,
    undefined,
    () => pieces,
  );
  const streamed = await readMessage((into) => into.end(Buffer.concat([...bytesOf(pieces)])), LIMITS);
  expect(read.content.attachments[0]?.content.held).toBe(content);
  expect(read.raw.bytes).toBe(streamed.raw.bytes);
  expect(streamed.content.attachments[0]?.content.held).toEqual(content);
  expect(read.content.structure.children.length).toBe(streamed.content.structure.children.length);
  expect(read.content.losses).toEqual([]);
});

test('is given to be read without quoted-printable', () => {
  const message = compile({ text: 'Grüße', html: '<p>Grüße</p>' });
  const composed = composeForReading(message)?.map(String).join('');
  expect(composed).toContain('<p>Grüße</p>');
  expect(composed).not.toContain('quoted-printable');
});

test.each<[string, Options]>([
  ['a file is read', { attachments: [{ path: __filename }] }],
  ['it is a message of bytes', { raw: 'From: a@b.example\r\n\r\nHello' }],
  ['it is long', { attachments: [{ content: Buffer.alloc(2_000_001) }] }],
  ['its text is long', { text: 'a'.repeat(300_000) }],
  ['its parts are long together', { attachments: [1, 2].map(() => ({ content: Buffer.alloc(1_000_001) })) }],
  [
    'data is to be quoted-printable',
    { attachments: [{ content: 'a\rb', contentType: 'a/b', contentTransferEncoding: 'quoted-printable' }] },
  ],
  [
    'such data only sounds like text',
    {
      attachments: [
        { content: 'a\rb', contentType: 'x-text/b', contentTransferEncoding: 'quoted-printable' },
      ],
    },
  ],
])('leaves a message to be streamed when %s', (_what, options) => {
  expect(composeAtOnce(compile({ ...envelope, ...options }))).toBeUndefined();
});

/** The same, or why the message is refused. */
const outcome = (mime: MessagePiece[]) => read(mime).catch((error: unknown) => String(error));

/** What is read of a message, but for the encoding it is in. */
async function read(mime: MessagePiece[] | undefined) {
  const none = () => expect(mime).toBeDefined();
  const { content } = await readMessage(none, LIMITS, undefined, () => mime);
  const headers = content.headers.filter(({ key }) => key !== 'content-transfer-encoding');
  const attachments = content.attachments.map((file) => ({
    ...file,
    content: file.content.held?.toString('latin1'),
  }));
  const parts = walk(content.structure).map(([{ type, params, use, filename, faults }]) => {
    return { type, params, use, filename, faults };
  });
  return { ...content, structure: parts, headers, attachments };
}
