import { once } from 'node:events';
import { PassThrough, Readable, Transform } from 'node:stream';
import nodemailer from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Options } from 'nodemailer/lib/mailer';
import { wholeMessage, writeMessage } from '../../src/nodemailer/compiled-message';
import { composeAtOnce } from '../../src/nodemailer/compose-small';
import { leaveUnsigned } from '../../src/nodemailer/drop-dkim';
import { headerAtOnce, isKnownNode, isUntransformed } from '../../src/nodemailer/mime-node';
import { encodeInPieces } from '../../src/nodemailer/stream-large';

const compile = (options: Options) =>
  new MailComposer({ from: 'shop@contoso.example', date: new Date(0), ...options }).compile();

test('a small message is one piece: to be sent as any mail server takes it, else as it is', () => {
  const text = 'Grüße';
  expect(wholeMessage(compile({ text }), 'reading')?.map(String)).toEqual([
    expect.stringMatching(/8bit\r\n.*\r\n\r\nGrüße/s),
  ]);
  expect(wholeMessage(compile({ text }), 'sending')?.map(String)).toEqual([
    expect.stringMatching(/quoted-printable\r\n.*\r\n\r\nGr=C3=BC=C3=9Fe/s),
  ]);
});

test('an attachment that fails fails the message, with its own error', async () => {
  const content = new Readable({ read: () => content.destroy(new Error('disk gone')) });
  const sink = new PassThrough();
  writeMessage(compile({ attachments: [{ content }] }), sink);
  await expect(once(sink.resume(), 'end')).rejects.toThrow('disk gone');
});

test('nothing more is read of an attachment once the message is given up', async () => {
  const content = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(50_000);
    })(),
  );
  const message = compile({ attachments: [{ content }] });
  const { createReadStream } = message;
  let source: Readable | undefined;
  Object.defineProperty(message, 'createReadStream', {
    value: () => {
      source = createReadStream.call(message);
      return source;
    },
  });
  const sink = new PassThrough();
  writeMessage(message, sink);
  await once(sink, 'readable');
  expect(source?.destroyed).toBe(false);
  sink.destroy();
  await once(sink, 'close');
  expect(source?.destroyed).toBe(true);
});

test('keys for a signature are taken out of a message, and the app is told', async () => {
  const transporter = nodemailer.createTransport({ streamTransport: true, buffer: true });
  const onKeys = jest.fn();
  leaveUnsigned(transporter, onKeys);
  const mail = { from: 'shop@contoso.example', to: 'ann@example.com', text: 'Hello' };
  await transporter.sendMail(mail);
  expect(onKeys).not.toHaveBeenCalled();
  const dkim = { domainName: 'contoso.example', keySelector: 'k', privateKey: 'no key' };
  const { message } = await transporter.sendMail({ ...mail, dkim });
  expect(onKeys).toHaveBeenCalledTimes(1);
  expect(String(message)).not.toContain('DKIM-Signature');
});

test('the header of a message is known without reading its contents', () => {
  expect(headerAtOnce(compile({ subject: 'Hello', text: 'x' }))?.toString()).toMatch(
    /^From: shop@.*Subject: Hello\r\n.*\r\n\r\n$/s,
  );
  const raw = `Subject: Hello\r\n\r\n${'x'.repeat(300_000)}`;
  for (const whole of [raw, Buffer.from(raw)]) {
    const header = headerAtOnce(compile({ raw: whole }));
    expect([header?.length, header?.toString().startsWith('Subject: Hello')]).toEqual([262_144, true]);
  }
  for (const unread of [Readable.from(raw), { path: __filename }]) {
    expect(headerAtOnce(compile({ raw: unread }))).toBeUndefined();
  }
});

test.each<[string, (message: ReturnType<typeof compile>) => void]>([
  ['a stream that changes it', (message) => message.transform(() => new Transform())],
  ['a function that changes it', (message) => message.processFunc((stream) => stream)],
  ['other ends of lines', (message) => Object.assign(message, { newline: 'windows' })],
  ['hooks that are no list', (message) => Object.assign(message, { _transforms: '' })],
  ['hooks of another kind that are no list', (message) => Object.assign(message, { _processFuncs: '' })],
  ...['_raw', '_transforms', '_processFuncs'].map((name): [string, (message: object) => void] => [
    `no ${name}`,
    (message) => Reflect.deleteProperty(message, name),
  ]),
])('a message with %s is left to Nodemailer', (_what, change) => {
  const message = compile({ text: 'Hello' });
  expect(isUntransformed(message)).toBe(true);
  change(message);
  expect(isUntransformed(message)).toBe(false);
  expect([composeAtOnce(message), headerAtOnce(message)]).toEqual([undefined, undefined]);
});

test.each(['_raw', '_transforms', '_processFuncs'])('a node without %s is not one that we know', (name) => {
  const message = compile({ text: 'Hello' });
  expect(isKnownNode(message)).toBe(true);
  Reflect.deleteProperty(message, name);
  expect(isKnownNode(message)).toBe(false);
});

test('text of just 256 KB is still composed at once, and files of 2 MB', () => {
  const envelope = { to: 'ann@example.com' };
  const file = (bytes: number) =>
    compile({ ...envelope, text: '', attachments: [{ content: Buffer.alloc(bytes) }] });
  expect(composeAtOnce(file(2_000_000))?.length).toBe(3);
  expect(composeAtOnce(file(2_000_001))).toBeUndefined();
  const text = (bytes: number) => compile({ ...envelope, text: 'a\n'.repeat(bytes / 2) });
  expect(composeAtOnce(text(262_144))?.length).toBe(1);
  expect(composeAtOnce(text(262_146))).toBeUndefined();
});

test.each<[boolean, string, number]>([
  [true, 'base64', 58_369],
  [true, ' BASE64 ', 60_000],
  [false, 'base64', 58_368],
  [false, 'x-base64', 60_000],
  [false, 'base64x', 60_000],
  [false, 'base64 x', 60_000],
])('is it encoded piece by piece? %s: %j of %i bytes', (isInPieces, encoding, bytes) => {
  const message = compile({ attachments: [{ content: Buffer.alloc(bytes) }] });
  message.setHeader('Content-Transfer-Encoding', encoding);
  encodeInPieces(message);
  expect(Buffer.isBuffer(message.content)).toBe(!isInPieces);
});

test('a file on disk is left to Nodemailer, which reads it piece by piece', () => {
  const content = { path: __filename, length: 60_000 };
  const message = compile({ attachments: [{ content: 'x', encoding: 'utf8' }] });
  message.setHeader('Content-Transfer-Encoding', 'base64');
  message.setContent(content);
  encodeInPieces(message);
  expect(message.content).toBe(content);
});
