import { once } from 'node:events';
import { Duplex, PassThrough, Readable, Transform, Writable } from 'node:stream';
import nodemailer from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Options } from 'nodemailer/lib/mailer';
import { bytesOf } from '../../src/mime/base64-content';
import { type Purpose, wholeMessage, writeMessage } from '../../src/nodemailer/compiled-message';
import { composeAtOnce } from '../../src/nodemailer/compose-small';
import { leaveUnsigned } from '../../src/nodemailer/drop-dkim';
import { headerAtOnce, isKnownNode, isUntransformed } from '../../src/nodemailer/mime-node';
import { encodeInPieces } from '../../src/nodemailer/stream-large';

const compile = (options: Options) =>
  new MailComposer({ from: 'shop@contoso.example', date: new Date(0), ...options }).compile();

/** What a small message is composed to. */
const composed = (options: Options, purpose: Purpose) =>
  Buffer.concat([...bytesOf(wholeMessage(compile(options), purpose) ?? [])]).toString();

test('a small message is composed at once: to be sent as any mail server takes it, else as it is', () => {
  const text = 'Grüße';
  expect(composed({ text }, 'reading')).toMatch(/8bit\r\n.*\r\n\r\nGrüße/s);
  expect(composed({ text }, 'sending')).toMatch(/quoted-printable\r\n.*\r\n\r\nGr=C3=BC=C3=9Fe/s);
});

test('an attachment that fails fails the message, with its own error', async () => {
  const content = new Readable({ read: () => content.destroy(new Error('disk gone')) });
  const sink = new PassThrough();
  writeMessage(compile({ attachments: [{ content }] }), sink);
  await expect(once(sink.resume(), 'end')).rejects.toThrow('disk gone');
});

test('a stream of a plugin that closes as soon as all is read of it has not failed', async () => {
  const message = compile({ text: 'Hello' });
  message.processFunc((input) => {
    input.resume();
    const stream = new Duplex({
      read: () => {
        stream.push('Subject: Mine\r\n\r\nHello');
        stream.push(null);
      },
      autoDestroy: false,
    });
    return stream.once('end', () => stream.destroy());
  });
  const written: unknown[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
    final: (done) => {
      setImmediate(done);
    },
  });
  writeMessage(message, sink);
  await once(sink, 'finish');
  expect(written).toEqual(['Subject: Mine\r\n\r\nHello']);
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

test.each<[what: string, bytes: number, encoding: '8bit' | 'base64']>([
  ['256 KB in 8 bits', 262_144, '8bit'],
  ['2 MB that become base64', 2_000_000, 'base64'],
])('%s are still composed at once', (_what, bytes, contentTransferEncoding) => {
  const file = (length: number) =>
    compile({ attachments: [{ content: Buffer.alloc(length, 'x\r\n'), contentTransferEncoding }] });
  expect(composeAtOnce(file(bytes))).toBeDefined();
  expect(composeAtOnce(file(bytes + 1))).toBeUndefined();
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
