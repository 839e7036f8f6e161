import { MAX_HELD_BYTES, MAX_REQUEST_BYTES } from '../../src/delivery/limits';
import {
  attachmentJson,
  base64Length,
  messageJson,
  mimeRequest,
  plainJson,
  sendMailJson,
} from '../../src/delivery/request-bodies';
import type { GraphAttachment } from '../../src/message/attachments';
import { inMemory } from '../../src/mime/spool';
import { fc } from '../support/fast-check';

const attachmentOf = (size: number): GraphAttachment => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: `"${size}" Grüße.bin`,
  contentBytes: inMemory(Buffer.alloc(size, 'ÿ')),
});
const large = attachmentOf(3 * 48 * 1024);
const attachments = [attachmentOf(10), attachmentOf(500_000), attachmentOf(0), large];
const message = { subject: '"😀', importance: 'normal' as const, attachments };

const asBase64 = (attachment: GraphAttachment) => ({
  ...attachment,
  contentBytes: attachment.contentBytes.held?.toString('base64'),
});
const plain = { ...message, attachments: attachments.map(asBase64) };

test.each([
  ['a request that sends', sendMailJson(message, false), { message: plain, saveToSentItems: false }],
  ['a message', messageJson(message), plain],
  ['a message without attachments', messageJson({ subject: 'Grüße' }), { subject: 'Grüße' }],
  ['an attachment', attachmentJson(large), asBase64(large)],
  ['anything else', plainJson({ subject: 'Grüße' }), { subject: 'Grüße' }],
])('writes %s as JSON.stringify does, and knows its length', (_what, body, expected) => {
  const bytes = Buffer.concat([...body.pieces()]);
  expect(bytes.toString()).toBe(JSON.stringify(expected));
  expect(body.length).toBe(bytes.length);
});

const body = { contentType: 'html' as const, content: '<p>Grüße 😀</p>' };

test.each([
  ['whole', { subject: 'Grüße', body }],
  ['without a body', { subject: 'Grüße' }],
  ['with nothing else', { body }],
  ['that is empty', {}],
  ['with attachments', { subject: 'Grüße', body, attachments: [large] }],
])('writes a message %s that is known to be clean as JSON.stringify does', (_what, clean) => {
  const written = sendMailJson(clean, true, true);
  const bytes = Buffer.concat([...written.pieces()]);
  const expected = 'attachments' in clean ? { ...clean, attachments: [asBase64(large)] } : clean;
  expect(bytes.toString()).toBe(JSON.stringify({ message: expected, saveToSentItems: true }));
  expect(written.length).toBe(bytes.length);
});

test('lets no control character through, wherever it stands', () => {
  const dirty = {
    subject: 'a\r\nb\u0085',
    body: { contentType: 'text' as const, content: 'a\0b\r\n\tc\u009f' },
    toRecipients: [{ emailAddress: { name: 'x\u001b', address: 'a@example.com' } }],
  };
  expect(JSON.parse(Buffer.concat([...messageJson(dirty).pieces()]).toString())).toEqual({
    subject: 'a  b ',
    body: { contentType: 'text', content: 'ab\r\n\tc' },
    toRecipients: [{ emailAddress: { name: 'x ', address: 'a@example.com' } }],
  });
});

test('makes the same bytes again for another attempt', () => {
  const body = messageJson(message);
  expect(Buffer.concat([...body.pieces()])).toEqual(Buffer.concat([...body.pieces()]));
});

test('makes no text of a large content until it is wanted, nor all of it at once', () => {
  const pieces = [...attachmentJson(large).pieces()];
  expect(pieces.map(({ length }) => length).slice(1, -1)).toEqual(Array(3).fill(64 * 1024));
});

test('what is kept in memory is what fits into one request, and no byte more', () => {
  expect(base64Length(MAX_HELD_BYTES)).toBe(MAX_REQUEST_BYTES);
  expect(base64Length(MAX_HELD_BYTES + 1)).toBeGreaterThan(MAX_REQUEST_BYTES);
});

test('a message as MIME is base64 and nothing around it', () => {
  const mime = Buffer.alloc(200_000, 'Subject: Grüße');
  const { contentType, body } = mimeRequest([mime]);
  const bytes = Buffer.concat([...body.pieces()]);
  expect(contentType).toBe('text/plain');
  expect(bytes.toString()).toBe(mime.toString('base64'));
  expect(body.length).toBe(bytes.length);
});

test('content that is on disk is not sent as if it were empty', () => {
  const { contentBytes } = large;
  const onDisk = { size: contentBytes.size, held: undefined, read: contentBytes.read };
  const body = attachmentJson({ ...large, contentBytes: onDisk });
  expect(() => [...body.pieces()]).toThrow('the content of an attachment is not in memory');
});

test('writes MIME in base64, however it is cut into pieces, and knows its length', () => {
  const sizes = fc.array(fc.oneof(fc.nat(5), fc.nat(70_000), fc.constant(48 * 1024)), { maxLength: 6 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const pieces = lengths.map((length, n) => Buffer.alloc(length, `${n}abcdefg`));
      const { body } = mimeRequest(pieces);
      const sent = Buffer.concat([...body.pieces()]);
      expect(sent.toString()).toBe(Buffer.concat(pieces).toString('base64'));
      expect(body.length).toBe(sent.length);
    }),
  );
});
