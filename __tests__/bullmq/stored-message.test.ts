import { Readable } from 'node:stream';
import { createTransport, type SendMailOptions } from 'nodemailer';
import {
  fromStored,
  type QueuedMessage,
  type StoredMessage,
  toStored,
} from '../../src/bullmq/stored-message';
import { fc } from '../support/fast-check';

const seed = 20261125;
const FIXED = {
  messageId: '<order-4711@contoso.com>',
  from: 'orders@contoso.com',
  to: 'ann@example.com',
  date: new Date('2026-02-03T04:05:06Z'),
  baseBoundary: 'boundary',
};

/** What Nodemailer makes of a message. */
async function composed(message: SendMailOptions): Promise<string> {
  const info = await createTransport({ streamTransport: true, buffer: true }).sendMail(message);
  return info.message.toString('latin1');
}

/** A message after it was in Redis. */
function throughRedis(message: QueuedMessage): SendMailOptions {
  const data: StoredMessage = JSON.parse(JSON.stringify(toStored(message)));
  return fromStored(data);
}

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const someBytes = bytes.filter(({ length }) => length > 0);
const texts = fc.string({ minLength: 1, unit: 'grapheme' });
const contents = fc.oneof(
  texts,
  bytes,
  fc.record({ content: fc.oneof(texts, bytes) }),
  // Nodemailer takes no body whose text is empty where its encoding is given.
  fc.record({ content: bytes.map((buffer) => `00${buffer.toString('hex')}`), encoding: fc.constant('hex') }),
);
const parts = fc.record(
  {
    content: fc.oneof(texts, bytes),
    filename: fc.constantFrom('a.bin', 'b.txt'),
    contentType: fc.constantFrom('application/pdf', 'text/plain'),
    encoding: fc.constant('utf-8'),
    cid: fc.constant('logo'),
  },
  { requiredKeys: ['content'] },
);
const messages = fc
  .record(
    {
      text: contents,
      html: contents,
      watchHtml: contents,
      amp: contents,
      icalEvent: fc.oneof(
        bytes,
        fc.record({ content: fc.oneof(texts, someBytes), method: fc.constant('REQUEST') }),
      ),
      attachments: fc.array(parts, { maxLength: 3 }),
      alternatives: fc.array(parts, { maxLength: 2 }),
      subject: texts,
      headers: fc.constant({ 'x-order': '4711' }),
      attachDataUrls: fc.boolean(),
      priority: fc.constantFrom('high', 'low'),
    },
    { requiredKeys: [] },
  )
  .map((message): QueuedMessage => ({ ...FIXED, ...message }));

test('a message is the same mail after it was stored, wherever its bytes stand', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (message) => {
      const stored = throughRedis(message);
      expect(await composed(stored)).toBe(await composed(message));
    }),
    { seed, numRuns: 200 },
  );
});

test('a message that was composed elsewhere is the same after it was stored, byte by byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, texts), async (raw) => {
      const message = { ...FIXED, raw };
      expect(await composed(throughRedis(message))).toBe(await composed(message));
    }),
    { seed },
  );
  expect(throughRedis({ ...FIXED, raw: { path: '/mail/1.eml' } }).raw).toEqual({ path: '/mail/1.eml' });
});

test('the bytes of an attachment are base64, a path stays a path', () => {
  const content = Uint8Array.from([0, 255, 1]);
  const { attachments } = throughRedis({
    ...FIXED,
    attachments: [{ filename: 'a.bin', content: Buffer.from(content) }, { path: 'invoices/4711.pdf' }],
  });
  expect(attachments).toEqual([
    { filename: 'a.bin', content: 'AP8B', encoding: 'base64' },
    { path: 'invoices/4711.pdf' },
  ]);
});

test('keys and logins stay out of the queue', () => {
  const stored = toStored({
    ...FIXED,
    dkim: { domainName: 'contoso.com', keySelector: 'k', privateKey: 'canary-key' },
    auth: { user: 'ann', pass: 'canary-pass' },
  });
  expect(JSON.stringify(stored)).not.toContain('canary');
});

const stream = () => Readable.from(['x']);
test.each<[string, Partial<QueuedMessage>]>([
  ['message.text', { text: stream() }],
  ['message.html.content', { html: { content: stream() } }],
  ['message.raw', { raw: stream() }],
  ['message.icalEvent', { icalEvent: stream() }],
  ['message.attachments.1.content', { attachments: [{ path: 'x' }, { content: stream() }] }],
  ['message.alternatives.0.content', { alternatives: [{ content: stream() }] }],
  ['message.attachments.0.raw', { attachments: [{ raw: Buffer.from('x') }] }],
  ['message.signal', { signal: new AbortController().signal }],
  ['message.normalizeHeaderKey', { normalizeHeaderKey: (key: string) => key }],
  ['message.graph.userId', { graph: { userId: () => 'x' } }],
])('%s that JSON cannot carry is refused by name', (path, part) => {
  expect(() => toStored({ ...FIXED, ...part })).toThrow(TypeError);
  expect(() => toStored({ ...FIXED, ...part })).toThrow(`${path} is `);
});

test('a stream of the web is refused too', () => {
  const { body } = new Response('x');
  expect(() => toStored({ ...FIXED, attachments: [{ content: Object(body) }] })).toThrow('is a stream');
});
