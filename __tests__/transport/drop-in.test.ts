// What Nodemailer's documentation promises of any transport, one test for each promise. Deeper looks: flow.test.ts
// for queue, signal and close(), verify.test.ts for verify(), transport.test.ts for the rest.
import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import nodemailer, { type MailDefaults, type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type SandboxMessage, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
const opened: { close(): void }[] = [];
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => {
  for (const transporter of opened.splice(0)) transporter.close();
  sandbox.clear();
});
afterAll(() => sandbox.close());

function createTransporter(defaults: MailDefaults = {}, options: GraphTransportOptions = {}) {
  const transporter = nodemailer.createTransport(
    graphTransport({ ...sandbox.options, ...options }),
    defaults,
  );
  opened.push(transporter);
  return transporter;
}

/** The only message that was sent. */
function sentMessage(): SandboxMessage {
  const [message, ...others] = sandbox.messages;
  if (!message || others.length > 0) throw new Error(`${sandbox.messages.length} messages were sent`);
  return message;
}

const letter = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

describe('sendMail', () => {
  test('returns a promise', async () => {
    await expect(createTransporter().sendMail(letter)).resolves.toMatchObject({
      envelope: { to: ['ann@example.com'] },
      accepted: ['ann@example.com'],
      rejected: [],
      messageId: expect.stringMatching(/^<.+@.+>$/),
      response: expect.any(String),
    });
    expect(sentMessage().subject).toBe('Hello');
  });

  test('or takes a callback, for a result and for an error', async () => {
    const send = (message: SendMailOptions) =>
      new Promise<[unknown, unknown]>((resolve) => {
        createTransporter().sendMail(message, (error, info) => resolve([error, info]));
      });
    expect(await send(letter)).toEqual([null, expect.objectContaining({ accepted: ['ann@example.com'] })]);
    expect(await send({ ...letter, from: 'ceo@contoso.example' })).toEqual([
      expect.objectContaining({ code: 'EENVELOPE' }),
      undefined,
    ]);
  });

  test('stops at a signal', async () => {
    const sent = createTransporter().sendMail({ ...letter, signal: AbortSignal.abort() });
    await expect(sent).rejects.toMatchObject({ code: 'EABORT' });
    expect(sandbox.messages).toEqual([]);
  });
});

describe('the second argument of createTransport', () => {
  test('fills in what a message leaves out, header by header', async () => {
    const transporter = createTransporter(
      {
        from: '"Sales" <sales@contoso.example>',
        replyTo: 'help@contoso.example',
        subject: 'News',
        headers: { 'X-App': 'shop', 'X-Team': 'sales' },
        graph: { saveToSentItems: false },
      },
      { userId: 'sales@contoso.example' },
    );
    await transporter.sendMail({ to: 'ann@example.com', text: 'Hello', headers: { 'X-Team': 'orders' } });
    const message = sentMessage();
    expect(message).toMatchObject({
      from: { name: 'Sales', address: 'sales@contoso.example' },
      replyTo: [{ address: 'help@contoso.example' }],
      subject: 'News',
      savedToSentItems: false,
    });
    expect(message.headers).toEqual(
      expect.arrayContaining([
        { name: 'X-App', value: 'shop' },
        { name: 'X-Team', value: 'orders' },
      ]),
    );
  });

  test('yields to the message', async () => {
    const transporter = createTransporter({ subject: 'News', replyTo: 'help@contoso.example' });
    await transporter.sendMail({ ...letter, replyTo: 'ann.smith@contoso.example' });
    expect(sentMessage()).toMatchObject({
      subject: 'Hello',
      replyTo: [{ address: 'ann.smith@contoso.example' }],
    });
  });

  test.each([
    ['disableFileAccess', { path: __filename }, 'EFILEACCESS'],
    ['disableUrlAccess', { href: 'http://127.0.0.1:9/logo.png' }, 'EURLACCESS'],
  ])('closes with %s what no message can open again', async (flag, attachment, code) => {
    const transporter = createTransporter({ [flag]: true });
    const message = { ...letter, attachments: [attachment], [flag]: false };
    await expect(transporter.sendMail(message)).rejects.toMatchObject({ code });
    expect(sandbox.messages).toEqual([]);
  });

  test('takes maxRecipients, which refuses a message for more', async () => {
    const transporter = createTransporter({ maxRecipients: 2 });
    await transporter.sendMail({ ...letter, cc: 'bob@example.com' });
    const refused = transporter.sendMail({ ...letter, cc: 'bob@example.com', bcc: 'eve@example.com' });
    await expect(refused).rejects.toMatchObject({ code: 'EMAXRECIPIENTS' });
    expect(sentMessage().cc).toMatchObject([{ address: 'bob@example.com' }]);
  });
});

describe('transporter.use()', () => {
  test("lets a 'compile' plugin change the message", async () => {
    const transporter = createTransporter();
    transporter.use('compile', (mail, next) => {
      mail.data.subject = `[staging] ${mail.data.subject}`;
      next();
    });
    await transporter.sendMail(letter);
    expect(sentMessage().subject).toBe('[staging] Hello');
  });

  test("lets a 'stream' plugin change the compiled message", async () => {
    const transporter = createTransporter();
    transporter.use('stream', (mail, next) => {
      mail.message.setHeader('X-Stamp', 'seen');
      mail.message.transform(
        () =>
          new Transform({
            transform(chunk, _encoding, done) {
              done(null, String(chunk).replace('Hello Ann', 'Hello from a plugin'));
            },
          }),
      );
      next();
    });
    await transporter.sendMail(letter);
    expect(sentMessage().body.content).toContain('Hello from a plugin');
    expect(sentMessage().headers).toContainEqual({ name: 'X-Stamp', value: 'seen' });
  });

  test.each(['compile', 'stream'])("lets a '%s' plugin fail the message with its own error", async (step) => {
    const transporter = createTransporter();
    transporter.use(step, (_mail, next) => next(new Error('no template')));
    await expect(transporter.sendMail(letter)).rejects.toThrow('no template');
    expect(sandbox.messages).toEqual([]);
  });
});

describe('the methods of the transporter', () => {
  test('verify() returns a promise', async () => {
    await expect(createTransporter().verify()).resolves.toBe(true);
    expect(sandbox.messages).toEqual([]);
  });

  test('verify() takes a callback', async () => {
    const ask = (clientSecret: string) =>
      new Promise<[unknown, unknown]>((resolve) => {
        createTransporter({}, { clientSecret }).verify((error, success) => resolve([error, success]));
      });
    expect(await ask(sandbox.options.clientSecret)).toEqual([null, true]);
    expect(await ask('wrong')).toEqual([expect.objectContaining({ code: 'EAUTH' }), undefined]);
  });

  test("isIdle() and 'idle' pump a queue of the app's", async () => {
    const transporter = createTransporter({}, { maxConnections: 2 });
    const queue = Array.from({ length: 20 }, (_, n) => ({ ...letter, subject: `No. ${n}` }));
    const sends: Promise<unknown>[] = [];
    let mostUnderWay = 0;
    await new Promise<void>((resolve) => {
      transporter.on('idle', () => {
        while (transporter.isIdle()) {
          const next = queue.shift();
          if (!next) return resolve();
          sends.push(transporter.sendMail(next));
          mostUnderWay = Math.max(mostUnderWay, sends.length - sandbox.messages.length);
        }
      });
    });
    await Promise.all(sends);
    expect(sandbox.messages).toHaveLength(20);
    expect(mostUnderWay).toBeLessThan(20);
  });

  test('close() ends it', async () => {
    const transporter = createTransporter();
    transporter.close();
    expect(transporter.isIdle()).toBe(false);
    await expect(transporter.sendMail(letter)).rejects.toMatchObject({ code: 'ECONNECTION' });
    expect(sandbox.messages).toEqual([]);
  });
});

describe('raw', () => {
  const raw = ['From: app@contoso.example', 'To: ann@example.com', 'Subject: Raw', '', 'As it is'].join(
    '\r\n',
  );
  const file = join(tmpdir(), `drop-in-${process.pid}.eml`);
  beforeAll(() => writeFileSync(file, raw));
  afterAll(() => rmSync(file));

  test.each<[string, () => SendMailOptions['raw']]>([
    ['a string', () => raw],
    ['a Buffer', () => Buffer.from(raw)],
    ['a stream', () => Readable.from([raw.slice(0, 40), raw.slice(40)])],
    ['a path', () => ({ path: file })],
  ])('may be %s, sent to its envelope', async (_kind, make) => {
    const envelope = { from: 'app@contoso.example', to: ['ann@example.com', 'audit@example.com'] };
    const info = await createTransporter().sendMail({ raw: make(), envelope });
    expect(info.envelope).toEqual(envelope);
    expect(sentMessage()).toMatchObject({
      subject: 'Raw',
      to: [{ address: 'ann@example.com' }],
      bcc: [{ address: 'audit@example.com' }],
    });
    expect(sentMessage().body.content).toContain('As it is');
  });
});

describe('the fields of a message', () => {
  test('envelope decides who gets it', async () => {
    const envelope = { from: 'app@contoso.example', to: ['ann@example.com', 'Bob <bob@example.com>'] };
    const info = await createTransporter().sendMail({ ...letter, envelope });
    expect(info.envelope).toEqual({
      from: 'app@contoso.example',
      to: ['ann@example.com', 'bob@example.com'],
    });
    expect(info.accepted).toEqual(['ann@example.com', 'bob@example.com']);
    expect(sentMessage().bcc).toMatchObject([{ address: 'bob@example.com' }]);
  });

  test('list makes List headers', async () => {
    await createTransporter().sendMail({
      ...letter,
      list: {
        help: 'help@contoso.example',
        unsubscribe: { url: 'https://contoso.example/leave', comment: 'Leave' },
        id: { url: 'news.contoso.example', comment: 'Contoso News' },
      },
    });
    expect(sentMessage().headers).toEqual(
      expect.arrayContaining([
        { name: 'List-Help', value: '<mailto:help@contoso.example>' },
        { name: 'List-Unsubscribe', value: '<https://contoso.example/leave> (Leave)' },
        { name: 'List-ID', value: '"Contoso News" <news.contoso.example>' },
      ]),
    );
  });

  test('icalEvent and alternatives arrive beside text and HTML', async () => {
    await createTransporter().sendMail({
      ...letter,
      html: '<p>Hello Ann</p>',
      icalEvent: { method: 'request', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
      alternatives: [{ contentType: 'text/x-web-markdown', content: '**Hello Ann**' }],
    });
    const mime = sentMessage().mime?.toString();
    expect(mime).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/);
    expect(mime).toMatch(/Content-Type: text\/x-web-markdown[\s\S]*\*\*Hello Ann\*\*/);
    expect(sentMessage().body.content).toBe('<p>Hello Ann</p>');
  });

  test('attachDataUrls turns data: images into inline attachments', async () => {
    const logo = Buffer.from('89504e470d0a1a0a', 'hex');
    await createTransporter().sendMail({
      ...letter,
      attachDataUrls: true,
      html: `<p><img src="data:image/png;base64,${logo.toString('base64')}"></p>`,
    });
    const { body, attachments } = sentMessage();
    const [image] = attachments;
    expect(image).toMatchObject({ contentType: 'image/png', isInline: true, content: logo });
    expect(body.content).toBe(`<p><img src="cid:${image?.contentId}"></p>`);
  });
});

describe('dkim', () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const dkim = { domainName: 'contoso.example', keySelector: '2026', privateKey };
  const warnings: string[] = [];
  const ignore = () => undefined;
  const logger = {
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: (_entry: object, line = '') => warnings.push(line),
    error: ignore,
    fatal: ignore,
  };
  afterEach(() => {
    warnings.length = 0;
  });

  test.each(['json', 'mime'] as const)(
    'of the app is not used, since Exchange signs, which the log says once (%s)',
    async (format) => {
      const transporter = createTransporter({ dkim, graph: { format } }, { logger });
      await transporter.sendMail(letter);
      await transporter.sendMail({ ...letter, dkim: { ...dkim, keySelector: 'other' } });
      expect(sandbox.messages).toHaveLength(2);
      for (const { mime, headers } of sandbox.messages) {
        expect(mime?.toString() ?? '').not.toMatch(/^DKIM-Signature:/im);
        expect(headers.map(({ name }) => name)).not.toContain('DKIM-Signature');
      }
      expect(warnings).toEqual([expect.stringContaining('DKIM')]);
    },
  );

  test('that could not be used anyway fails no message', async () => {
    const message = { ...letter, dkim: { ...dkim, hashAlgo: 'sha-none' } };
    await expect(createTransporter().sendMail(message)).resolves.toMatchObject({ route: 'json' });
  });

  test('as a header that the app has made leaves the message to JSON', async () => {
    const headers = { 'DKIM-Signature': 'v=1; a=rsa-sha256; d=contoso.example; s=2026; bh=; b=' };
    const info = await createTransporter().sendMail({ ...letter, headers });
    expect(info).toMatchObject({ route: 'json', dropped: [] });
    expect(sentMessage().headers.map(({ name }) => name)).not.toContain('DKIM-Signature');
  });
});
