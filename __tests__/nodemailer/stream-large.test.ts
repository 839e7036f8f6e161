import { randomBytes } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { encodeInPieces } from '../../src/nodemailer/stream-large';

type Mail = ConstructorParameters<typeof MailComposer>[0];

async function compile(mail: Mail, inPieces: boolean): Promise<{ mime: string; largest: number }> {
  const message = new MailComposer({ messageId: '<a@b.example>', date: new Date(0), ...mail }).compile();
  message.baseBoundary = 'b';
  if (inPieces) encodeInPieces(message);
  const chunks: Buffer[] = [];
  for await (const chunk of message.createReadStream()) chunks.push(chunk);
  return {
    mime: Buffer.concat(chunks).toString('latin1'),
    largest: Math.max(...chunks.map(({ length }) => length)),
  };
}

const content = randomBytes(1_000_000);

test.each<[string, Mail]>([
  ['a Buffer', { text: 'Hello', attachments: [{ content }] }],
  [
    'a string in base64',
    { text: 'x', attachments: [{ content: content.toString('base64'), encoding: 'base64' }] },
  ],
  ['text', { html: '<p>x</p>', attachments: [{ filename: 'a.csv', content: 'näher,'.repeat(100_000) }] }],
  ['an image within HTML', { text: 'x', html: '<img src="cid:a">', attachments: [{ cid: 'a', content }] }],
])('writes a large attachment that is %s in small chunks, the same byte for byte', async (_what, mail) => {
  const [before, after] = [await compile(mail, false), await compile(mail, true)];
  expect(after.mime === before.mime).toBe(true);
  expect(before.largest).toBeGreaterThan(500_000);
  expect(after.largest).toBeLessThan(100_000);
});

test.each<[string, Mail]>([
  [
    'has another encoding',
    { attachments: [{ content: 'x\r\n'.repeat(50_000), contentTransferEncoding: '7bit' }] },
  ],
  ['is text whose encoding Nodemailer chooses', { text: 'ä'.repeat(100_000) }],
  [
    'is a message',
    { attachments: [{ contentType: 'message/rfc822', content: 'A: b\r\n\r\n'.repeat(20_000) }] },
  ],
])('leaves content alone that %s', async (_what, mail) => {
  expect(await compile(mail, true)).toEqual(await compile(mail, false));
});
