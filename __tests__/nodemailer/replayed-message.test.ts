import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import nodemailer, { type SendMailOptions, type Transport, type Transporter } from 'nodemailer';
import DKIM from 'nodemailer/lib/dkim';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { Spool } from '../../src/mime/spool';
import { composeAtOnce } from '../../src/nodemailer/compose-small';
import { additionsOf, handOverProxy, keepKeys, ReplayedMessage } from '../../src/nodemailer/replayed-message';

const { signal } = new AbortController();
const envelope = { from: 'app@contoso.example', to: ['ann@example.com'] };

/** The message as Nodemailer hands it to a transport. */
function compiled(message: SendMailOptions, setUp = (_: Transporter) => {}): Promise<MailMessage<unknown>> {
  return new Promise((resolve, reject) => {
    const transport: Transport = {
      name: 'Kept',
      version: '1',
      send(mail, callback) {
        resolve(mail);
        callback(null);
      },
    };
    const mailer = nodemailer.createTransport(transport);
    setUp(mailer);
    mailer.sendMail({ ...envelope, ...message }).catch(reject);
  });
}

async function replayed(message: SendMailOptions, spool = new Spool(1_000_000, 10_000_000)) {
  return ReplayedMessage.of(await compiled(message), spool, signal);
}

/** All that a value of `data` says: of streams, what is in them. */
async function told(value: unknown): Promise<unknown> {
  if (value instanceof Readable) return text(value);
  if (Array.isArray(value)) return Promise.all(value.map(told));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  const entries = Object.entries(value).map(async ([name, inner]) => [name, await told(inner)]);
  return Object.fromEntries(await Promise.all(entries));
}

const stream = (content: string | Buffer) => Readable.from([content]);

describe('a transport that reads the fields of the message', () => {
  test.each<[name: string, field: () => SendMailOptions, said: object]>([
    ['text', () => ({ text: stream('some text') }), { text: 'some text' }],
    ['HTML', () => ({ html: { content: stream('<p>') } }), { html: { content: '<p>' } }],
    ['watchHtml', () => ({ watchHtml: stream('<b>') }), { watchHtml: '<b>' }],
    ['AMP', () => ({ amp: stream('<html amp4email>') }), { amp: '<html amp4email>' }],
    [
      'the invitation',
      () => ({ icalEvent: { method: 'REQUEST', content: stream('BEGIN:VCALENDAR') } }),
      { icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR' } },
    ],
    [
      'alternatives',
      () => ({ alternatives: [{ contentType: 'text/x-a', content: stream('a') }] }),
      { alternatives: [{ contentType: 'text/x-a', content: 'a' }] },
    ],
    [
      'attachments',
      () => ({
        attachments: [
          { filename: 'a.txt', content: stream('a') },
          { filename: 'b.txt', content: 'b' },
        ],
      }),
      {
        attachments: [
          { filename: 'a.txt', content: 'a' },
          { filename: 'b.txt', content: 'b' },
        ],
      },
    ],
    ['the raw message', () => ({ raw: stream('Subject: Raw') }), { raw: 'Subject: Raw' }],
    [
      'what a raw message replaces',
      () => ({ raw: 'Subject: Raw', html: stream('<p>'), attachments: [{ content: stream('a') }] }),
      { raw: 'Subject: Raw', html: '<p>', attachments: [{ content: 'a' }] },
    ],
  ])('finds %s whole, after another has read it', async (_name, field, said) => {
    const message = await replayed({ subject: 'Streams', ...field() });
    for (const _ of [1, 2]) {
      const { data } = message.copy(undefined).mail;
      expect(await told(data)).toMatchObject({ subject: 'Streams', ...said });
    }
  });

  test('finds the fields that the app gave, and no others', async () => {
    const mail = await compiled({ subject: 'Hello', text: Buffer.from('Grüße', 'latin1') });
    Object.assign(mail.data, { html: null });
    const message = await ReplayedMessage.of(mail, new Spool(1000, 1000), signal);
    expect(message.copy(undefined).mail.data).toEqual(mail.data);
    expect(Object.keys(message.copy(undefined).mail.data)).toEqual(Object.keys(mail.data));
  });

  test('gets bytes, and reads as many of them at a time as it likes', async () => {
    const { html } = (await replayed({ html: stream('<p>some text</p>') })).copy(undefined).mail.data;
    if (!(html instanceof Readable)) throw new Error('html is no stream');
    await once(html, 'readable');
    expect(String(html.read(3))).toBe('<p>');
    expect(String(html.read(4))).toBe('some');
  });
});

describe('what a transport does to a message', () => {
  test('is undone for the next', async () => {
    const message = await replayed({ envelope, text: 'Hello' });
    const { mail } = message.copy(undefined);
    mail.message.getEnvelope().to = [];
    mail.message.keepBcc = true;
    Object.assign(mail.message, { tracking: 'on' });
    mail.data = {};
    const next = message.copy(undefined).mail;
    expect(next.message.getEnvelope()).toEqual(envelope);
    expect(next.message.keepBcc).toBe(false);
    expect(next.message).not.toHaveProperty('tracking');
    expect(next.data).toMatchObject({ text: 'Hello' });
  });

  test('is known to have been nothing until it reads what the message is composed of', async () => {
    const message = await replayed({ text: 'Hello' });
    const first = message.copy(undefined);
    first.mail.message.createReadStream();
    expect(first.wasRead()).toBe(false);
    const second = message.copy(undefined);
    second.mail.message.createReadStream();
    await buffer(second.mail.message.createReadStream());
    expect(second.wasRead()).toBe(true);
    expect(first.wasRead()).toBe(false);
  });

  test('leaves no stream open once it has been released', async () => {
    const copy = (await replayed({ html: stream('<p>') })).copy(undefined);
    copy.release();
    expect(copy.mail.data.html).toMatchObject({ destroyed: true });
  });
});

test('a message without streams can still be composed at once', async () => {
  const { mail } = (await replayed({ text: 'Hello' })).copy(undefined);
  expect(composeAtOnce(mail.message)).toBeDefined();
});

test('is signed for each transport anew, as the message asks', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const signing = new DKIM({ domainName: 'contoso.example', keySelector: 'k1', privateKey: key });
  const mail = await compiled({ subject: 'Hello', text: 'Hello' });
  Object.assign(mail.data, { _dkim: { skipFields: 'subject' } });
  const message = await ReplayedMessage.of(mail, new Spool(1000, 1000), signal);
  for (const _ of [1, 2]) {
    const mime = await text(message.copy(signing).mail.message.createReadStream());
    const [signature, ...more] = mime.match(/^DKIM-Signature:.*(?:\r\n[ \t].*)*/gm) ?? [];
    expect(more).toEqual([]);
    expect(signature).toMatch(/h=from:/);
    expect(signature).not.toContain('subject');
  }
  expect(await text(message.copy(undefined).mail.message.createReadStream())).not.toContain('DKIM');
});

test('long streams are read whole, although a disk takes longer than they do', async () => {
  const spool = new Spool(1000, 10_000_000);
  const content = Buffer.alloc(3_000_000, 'a long stream ');
  const message = await replayed({ attachments: [{ content: stream(content) }] }, spool);
  const [file] = message.copy(undefined).mail.data.attachments ?? [];
  expect((await told(file)) === undefined).toBe(false);
  const again = message.copy(undefined).mail.data.attachments?.[0]?.content;
  expect(again instanceof Readable && (await buffer(again)).equals(content)).toBe(true);
  await spool.close();
});

describe('a stream', () => {
  const failureOf = (html: Readable, aborted = signal) =>
    compiled({ html })
      .then((mail) => ReplayedMessage.of(mail, new Spool(1000, 1000), aborted))
      .then(
        () => undefined,
        (error: unknown) => error,
      );

  test('that was closed before it was read is an error, not an empty message', async () => {
    const html = new PassThrough();
    html.destroy();
    const message = 'A stream in the message had already been read or closed';
    expect(await failureOf(html)).toMatchObject({ code: 'ESTREAM', message });
  });

  test('that was read before is, too', async () => {
    const html = stream('<p>');
    await text(html);
    expect(await failureOf(html)).toMatchObject({ code: 'ESTREAM' });
  });

  test('that is closed in the middle is, too', async () => {
    const html = new PassThrough();
    html.write('<p>');
    const failure = failureOf(html);
    html.once('resume', () => html.destroy());
    const message = 'A stream in the message was closed early';
    expect(await failure).toMatchObject({ code: 'ESTREAM', message });
  });

  test.each([
    ['keeps the code of its error', Object.assign(new Error('gone'), { code: 'ENOENT' }), 'ENOENT'],
    ["gets Nodemailer's code if its error has none", new Error('gone'), 'ESTREAM'],
  ])('that fails %s', async (_, error, code) => {
    const failedBefore = new PassThrough();
    failedBefore.once('error', () => undefined).destroy(error);
    expect(await failureOf(failedBefore)).toMatchObject({ message: 'gone', code });
    const failing = new PassThrough();
    failing.once('resume', () => failing.destroy(error));
    expect(await failureOf(failing)).toMatchObject({ message: 'gone', code });
  });

  test('that never ends is closed when the send is aborted', async () => {
    const html = new PassThrough();
    const aborting = new AbortController();
    html.once('resume', () => aborting.abort());
    expect(await failureOf(html, aborting.signal)).toMatchObject({ name: 'AbortError' });
    expect(html.destroyed).toBe(true);
  });
});

test("the keys of a message are kept for the transports that need them, and not for Graph's", async () => {
  const keys = new WeakMap<object, DKIM>();
  const dkim = { domainName: 'contoso.example', keySelector: 'k1', privateKey: 'key' };
  const signed = await compiled({ text: 'Hello', dkim }, (mailer) => keepKeys(mailer, keys));
  expect(keys.get(signed.data)).toBeInstanceOf(DKIM);
  expect(signed.data.dkim).toBeUndefined();
  const unsigned = await compiled({ text: 'Hello' }, (mailer) => keepKeys(mailer, keys));
  expect(keys.has(unsigned.data)).toBe(false);
});

test('a transport without a proxy keeps the way it connects', () => {
  const mailer = nodemailer.createTransport({ jsonTransport: true });
  const getSocket = () => undefined;
  Object.assign(mailer.transporter, { getSocket });
  handOverProxy(mailer);
  expect(mailer.transporter).toMatchObject({ getSocket });
});

test.each([
  ['no list of plugins', { _userPlugins: undefined }],
  ['another kind of list', { _userPlugins: null, _defaults: undefined }],
])('a Nodemailer that keeps %s is taken for one without plugins', (_, fields) => {
  const mailer = Object.assign(nodemailer.createTransport({ jsonTransport: true }), fields);
  expect(additionsOf(mailer)).toEqual([]);
});
