import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import nodemailer, { type SendMailOptions, type Transport } from 'nodemailer';
import { failover } from '../../src/failover';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { startConnectProxy } from '../support/connect-proxy';
import { type ScriptedSmtp, startScriptedSmtp } from '../support/scripted-smtp';

const busy = Object.assign(new Error('later'), { code: 'ECONNECTION', retryable: true, ambiguous: false });

/** Composes a message, keeps it, and fails; `spoil` then changes what it was given. */
function reader(kept: string[], spoil: (mail: Parameters<Transport['send']>[0]) => void = () => undefined) {
  const transport: Transport = {
    name: 'Reader',
    version: '1',
    send: (mail, callback) =>
      mail.message.build((error, mime) => {
        kept.push(error ? error.message : String(mime));
        spoil(mail);
        callback(error ?? busy, undefined);
      }),
  };
  return transport;
}

/** A message with a stream wherever Nodemailer takes one. */
const withStreams = (): SendMailOptions => ({
  from: 'app@contoso.example',
  to: 'ann@example.com',
  subject: 'Streams',
  text: Readable.from(['some ', 'text']),
  html: Readable.from([Buffer.from('<p>some text</p>')]),
  alternatives: [{ contentType: 'text/x-other', content: Readable.from(['other']) }],
  attachments: [{ filename: 'a.bin', content: Readable.from([Buffer.alloc(3_000_000, 7)]) }],
});

let smtp: ScriptedSmtp;
let sandbox: RunningSandbox;
beforeAll(async () => {
  smtp = await startScriptedSmtp();
  sandbox = await startSandbox();
});
afterEach(() => {
  smtp.messages.length = 0;
  sandbox.clear();
});
afterAll(() => Promise.all([smtp.close(), sandbox.close()]));

test.each([
  ['with streams', withStreams],
  [
    'with raw content from a stream',
    () => ({
      envelope: { from: 'app@contoso.example', to: ['ann@example.com'] },
      raw: Readable.from(['Subject: Raw\r\n\r\nwhole\r\n']),
    }),
  ],
  ['without streams', () => ({ to: 'ann@example.com', text: 'plain', html: '<p>plain</p>' })],
])('a message %s is the same byte for byte for every member', async (_, message) => {
  const kept: string[] = [];
  const members = [reader(kept), reader(kept), reader(kept)];
  await expect(nodemailer.createTransport(failover(members)).sendMail(message())).rejects.toBe(busy);
  const [first = ''] = kept;
  expect(first.length).toBeGreaterThan(20);
  // Boundaries, Message-ID and Date are among the bytes.
  expect(kept).toEqual([first, first, first]);
});

test('what one member changes in a message does not reach the next', async () => {
  const kept: string[] = [];
  const spoiler = reader(kept, ({ message, data }) => {
    message.setHeader('subject', 'Spoilt');
    message.setHeader('message-id', '<other@spoilt.example>');
    message.getEnvelope().to = [];
    Object.assign(data, { text: 'spoilt' });
  });
  const mailer = nodemailer.createTransport(failover([spoiler, reader(kept)]));
  await mailer.sendMail(withStreams()).catch(() => undefined);
  expect(kept[1]).toBe(kept[0]);
});

test('SMTP gets the streams whole after Graph has failed, with the Message-ID that Graph was given', async () => {
  sandbox.failNext('send-mail', {
    kind: 'answer',
    status: 429,
    code: 'ApplicationThrottled',
    retryAfter: 60,
  });
  const graph = graphTransport({ ...sandbox.options, retry: { attempts: 1 } });
  const mailer = nodemailer.createTransport(
    failover([graph, nodemailer.createTransport({ host: '127.0.0.1', port: smtp.port })]),
  );
  const info = await mailer.sendMail({
    ...withStreams(),
    attachments: [{ filename: 'a.txt', content: Readable.from(['from a stream']) }],
  });
  expect(info.failover).toMatchObject({ index: 1, name: 'SMTP', failures: [{ name: 'GraphTransport' }] });
  expect(smtp.messages).toHaveLength(1);
  expect(smtp.messages[0]).toContain(Buffer.from('from a stream').toString('base64'));
  expect(smtp.messages[0]).toContain(`Message-ID: ${info.messageId}`);
  mailer.close();
});

test('Graph gets the streams whole after SMTP has failed', async () => {
  smtp.fail('data', '451 4.3.2 Later');
  const mailer = nodemailer.createTransport(
    failover([
      nodemailer.createTransport({ host: '127.0.0.1', port: smtp.port }),
      graphTransport(sandbox.options),
    ]),
  );
  const info = await mailer.sendMail({
    ...withStreams(),
    alternatives: [],
    attachments: [{ filename: 'a.txt', content: Readable.from(['from a stream']) }],
  });
  expect(info.failover.name).toBe('GraphTransport');
  expect(sandbox.messages[0]?.attachments[0]?.content.toString()).toBe('from a stream');
  expect(sandbox.messages[0]?.internetMessageId).toBe(info.messageId);
  smtp.fail(undefined);
  mailer.close();
});

test('the DKIM keys of the transport sign what SMTP sends', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dkim = {
    domainName: 'contoso.example',
    keySelector: 'k1',
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
  const smtpMember = nodemailer.createTransport({ host: '127.0.0.1', port: smtp.port, dkim });
  const mailer = nodemailer.createTransport(failover([reader([]), smtpMember]));
  await mailer.sendMail(withStreams());
  expect(smtp.messages[0]).toMatch(/^DKIM-Signature: /m);
  mailer.close();
});

test("a member's proxy leads to its server", async () => {
  const proxy = await startConnectProxy();
  const member = nodemailer.createTransport({ host: '127.0.0.1', port: smtp.port, proxy: proxy.url });
  const mailer = nodemailer.createTransport(failover([reader([]), member]));
  const before = smtp.messages.length;
  await mailer
    .sendMail({ from: 'app@contoso.example', to: 'ann@example.com', subject: 'Tunnel', text: 'Hi' })
    .finally(() => Promise.all([mailer.close(), proxy.close()]));
  expect(smtp.messages).toHaveLength(before + 1);
  expect(proxy.tunnels).toEqual([`127.0.0.1:${smtp.port}`]);
});

test('a stream that breaks fails the message before any member is tried', async () => {
  const kept: string[] = [];
  const broken = new Readable({ read() {} });
  const sending = nodemailer
    .createTransport(failover([reader(kept)]))
    .sendMail({ ...withStreams(), html: broken });
  broken.destroy(new Error('the disk is gone'));
  await expect(sending).rejects.toMatchObject({ message: 'the disk is gone', code: 'ESTREAM' });
  expect(kept).toEqual([]);
});

test('streams larger than maxMessageSize are refused', async () => {
  const mailer = nodemailer.createTransport(failover([reader([])], { maxMessageSize: 1000 }));
  await expect(mailer.sendMail(withStreams())).rejects.toMatchObject({ code: 'EMESSAGE' });
});
