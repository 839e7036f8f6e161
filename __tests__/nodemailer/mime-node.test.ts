import { Readable, Transform, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Options } from 'nodemailer/lib/mailer';
import type MimeNode from 'nodemailer/lib/mime-node';
import { writeMessage } from '../../src/nodemailer/compiled-message';
import { composeAtOnce, composeForReading } from '../../src/nodemailer/compose-small';
import { headerAtOnce, isKnownNode } from '../../src/nodemailer/mime-node';
import { encodeInPieces } from '../../src/nodemailer/stream-large';

const compile = (options: Options) =>
  new MailComposer({
    from: 'a@contoso.example',
    to: 'ann@example.com',
    date: new Date(0),
    ...options,
  }).compile();

const nodesOf = (node: MimeNode): MimeNode[] => [node, ...node.childNodes.flatMap(nodesOf)];

const MESSAGES: [what: string, options: Options][] = [
  ['text', { text: 'Hello' }],
  [
    'text, HTML and files',
    { text: 'Hello', html: '<p>Hello</p>', attachments: [{ content: 'x', cid: 'a' }] },
  ],
  ['an invitation', { text: 'Hello', icalEvent: { content: 'BEGIN:VCALENDAR' } }],
  ['a file on disk', { attachments: [{ path: __filename }] }],
  ['a raw message', { raw: 'Subject: Hello\r\n\r\nHello' }],
  ['every option', { text: 'Hello', newline: 'windows', textEncoding: 'base64', encoding: 'utf8' }],
];

test.each(MESSAGES)('knows every field of the installed Nodemailer: %s', (_what, options) => {
  const message = compile(options);
  message.keepBcc = true;
  message.buildHeaders();
  message.transform(() => new Transform());
  message.processFunc((stream) => stream);
  message.getEnvelope();
  for (const node of nodesOf(message)) expect(isKnownNode(node)).toBe(true);
});

/** What a later Nodemailer may be like: a field more, or one of another name. */
const CHANGES: [what: string, change: (node: MimeNode) => void][] = [
  ['a third kind of hook', (node) => Object.assign(node, { _rewriters: [(text: string) => text] })],
  ['a method of its own', (node) => Object.assign(node, { createReadStream: () => Readable.from('Hello') })],
  ...['_raw', '_transforms', '_processFuncs'].map((name): [string, (node: MimeNode) => void] => [
    `another name for ${name}`,
    (node) => {
      Object.assign(node, { [`${name}2`]: Reflect.get(node, name) });
      Reflect.deleteProperty(node, name);
    },
  ]),
];

const some = { text: 'Hello', attachments: [{ content: Buffer.alloc(100_000, 'ab') }] };

test.each(CHANGES)('leaves a message to Nodemailer that has %s', (_what, change) => {
  const message = compile(some);
  change(message);
  expect(composeAtOnce(message)).toBeUndefined();
  expect(composeForReading(message)).toBeUndefined();
  expect(headerAtOnce(message)).toBeUndefined();
  const contents = nodesOf(message).map(({ content }) => content);
  encodeInPieces(message);
  expect(nodesOf(message).map(({ content }) => content)).toEqual(contents);
});

test.each(CHANGES)('leaves a message to Nodemailer that has, in a part, %s', (_what, change) => {
  const message = compile(some);
  const [, part] = nodesOf(message);
  if (part) change(part);
  expect(composeAtOnce(message)).toBeUndefined();
});

test('a hook of a kind that we do not know sees the whole message', async () => {
  const message = compile({ text: 'Hello' });
  const { createReadStream } = message;
  Object.assign(message, {
    createReadStream: () =>
      createReadStream.call(message).pipe(
        new Transform({
          transform: (chunk, _encoding, done) => done(null, String(chunk).replaceAll('Hello', 'Servus')),
        }),
      ),
  });
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  writeMessage(message, sink);
  await new Promise((resolve) => sink.once('finish', resolve));
  expect(String(Buffer.concat(chunks))).toContain('Servus');
  expect(String(await buffer(compile({ text: 'Hello' }).createReadStream()))).toContain('Hello');
});
