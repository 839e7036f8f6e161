import nodemailer from 'nodemailer';
import { graphTransport } from '../src/index';
import { type RunningSandbox, startSandbox } from '../src/sandbox';
import { envelopeOf, mailFixtures } from './support/fixtures';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

const createTransporter = (options: object = {}) =>
  nodemailer.createTransport(graphTransport({ ...sandbox.options, ...options }));

test('a message of an ordinary app reaches everybody whole', async () => {
  const logo = Buffer.from('89504e470d0a1a0a', 'hex');
  const transporter = createTransporter();
  const info = await transporter.sendMail({
    from: { name: 'Contoso Räder', address: sandbox.options.userId },
    to: { name: 'Jürgen Groß', address: 'juergen@example.com' },
    cc: 'hanako@example.org',
    bcc: '"Die Prüfung" <audit@example.net>',
    replyTo: 'service@contoso.example',
    subject: 'Rechnung 🚲',
    text: 'Nur Text',
    html: '<img src="cid:logo@contoso"> Schöne Grüße',
    priority: 'high',
    attachments: [
      { filename: 'logo.png', content: logo, cid: 'logo@contoso' },
      { filename: 'Rechnung für Groß.txt', content: 'Zeile 1\nZeile 2' },
    ],
  });
  transporter.close();

  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.messages[0]).toMatchObject({
    mailbox: 'app@contoso.example',
    from: { name: 'Contoso Räder', address: 'app@contoso.example' },
    to: [{ name: 'Jürgen Groß', address: 'juergen@example.com' }],
    cc: [{ address: 'hanako@example.org' }],
    bcc: [{ name: 'Die Prüfung', address: 'audit@example.net' }],
    replyTo: [{ address: 'service@contoso.example' }],
    subject: 'Rechnung 🚲',
    body: { contentType: 'html', content: '<img src="cid:logo@contoso"> Schöne Grüße' },
    importance: 'high',
    internetMessageId: info.messageId,
    requestId: info.requestId,
    clientRequestId: info.clientRequestId,
    savedToSentItems: true,
    attachments: [
      {
        name: 'logo.png',
        contentType: 'image/png',
        content: logo,
        isInline: true,
        contentId: 'logo@contoso',
      },
      {
        name: 'Rechnung für Groß.txt',
        contentType: 'text/plain',
        content: Buffer.from('Zeile 1\nZeile 2'),
        isInline: false,
      },
    ],
  });
});

test('a hundred messages at once on a cold transport need one token', async () => {
  const transporter = createTransporter();
  const sends = Array.from({ length: 100 }, (_, n) =>
    transporter.sendMail({ to: 'ann@example.com', subject: `No. ${n}` }),
  );
  await Promise.all(sends);
  transporter.close();
  expect(new Set(sandbox.messages.map(({ subject }) => subject)).size).toBe(100);
  expect(sandbox.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
});

test.each([
  [{ from: 'ceo@contoso.example' }, {}, 'EENVELOPE', 'ErrorSendAsDenied'],
  [{}, { userId: 'nobody@contoso.example' }, 'EENVELOPE', 'ErrorInvalidUser'],
  [{}, { userId: '../ceo@contoso.example' }, 'EENVELOPE', 'ErrorInvalidUser'],
  [{}, { clientSecret: 'wrong' }, 'EAUTH', 'AADSTS7000215'],
  [{}, { clientId: 'another-app' }, 'EAUTH', 'AADSTS700016'],
  [{}, { tenantId: 'fabrikam.example' }, 'EAUTH', 'AADSTS90002'],
])('what the service refuses is explained: %j %j', async (fields, options, code, graphCode) => {
  const transporter = createTransporter(options);
  const refused = transporter.sendMail({ to: 'ann@example.com', ...fields });
  await expect(refused).rejects.toMatchObject({ code, graphCode, hint: expect.any(String) });
  transporter.close();
  expect(sandbox.messages).toEqual([]);
});

test('a secret that has expired is told from a wrong one', async () => {
  const expired = await startSandbox({ secretState: 'expired' });
  const refused = nodemailer
    .createTransport(graphTransport(expired.options))
    .sendMail({ to: 'a@example.com' });
  await expect(refused).rejects.toMatchObject({
    graphCode: 'AADSTS7000222',
    hint: expect.stringContaining('has expired'),
  });
  await expired.close();
});

test('a missing permission is explained', async () => {
  const powerless = await startSandbox({ roles: ['User.Read.All'] });
  const refused = nodemailer
    .createTransport(graphTransport(powerless.options))
    .sendMail({ to: 'a@example.com' });
  await expect(refused).rejects.toMatchObject({
    code: 'EAUTH',
    graphCode: 'ErrorAccessDenied',
    hint: expect.stringContaining('Mail.Send'),
  });
  await powerless.close();
});

test('the largest message that the transport takes is one that the service takes', async () => {
  const transporter = createTransporter();
  const send = (bytes: number) =>
    transporter.sendMail({
      to: 'ann@example.com',
      attachments: [{ filename: 'a.bin', content: Buffer.alloc(bytes) }],
    });
  await expect(send(2_999_000)).resolves.toMatchObject({ response: '202 Accepted' });
  await expect(send(2_999_900)).rejects.toMatchObject({ code: 'EMESSAGE' });
  transporter.close();
  expect(sandbox.requests.map(({ status }) => status)).not.toContain(413);
});

test.each(mailFixtures.filter(({ route }) => route === 'json'))(
  'the service takes what becomes of $name',
  async (fixture) => {
    const transporter = createTransporter({ credential: undefined });
    const senders = [fixture.message?.from, fixture.message?.sender].flatMap(
      (sender) => sender?.emailAddress?.address ?? [],
    );
    const lenient = await startSandbox({ mailboxes: [{ ...anyMailbox, sendAs: senders }] });
    await nodemailer.createTransport(graphTransport(lenient.options)).sendMail({
      raw: fixture.mime,
      envelope: { from: senders[0] ?? anyMailbox.userPrincipalName, to: envelopeOf(fixture) },
    });
    await lenient.close();
    transporter.close();
    expect(lenient.messages[0]?.subject).toBe(fixture.message?.subject);
  },
);

const anyMailbox = {
  id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a09',
  userPrincipalName: 'relay@contoso.example',
  displayName: 'Relay',
};
