import nodemailer from 'nodemailer';
import { type GraphMessageOptions, graphTransport, type MailboxQuestion } from '../../src/index';
import { type RunningSandbox, type SandboxMessage, startSandbox } from '../../src/sandbox';
import { envelopeOf, type MailFixture, mailFixtures, refusedFixtures } from '../support/fixtures';

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

/** A mailbox that may send for everybody whom a mail names as its author. */
const relayFor = ({ mime, message }: MailFixture) => ({
  id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a09',
  userPrincipalName: 'relay@contoso.example',
  displayName: 'Relay',
  sendAs: [
    ...(mime.toString('latin1').match(/[\w.+-]+@[\w.-]+\w/g) ?? []),
    ...[message?.from, message?.sender].flatMap((author) => author?.emailAddress?.address ?? []),
  ],
});

/** Sends a fixture as a raw message and gives what the service took. */
async function relay(fixture: MailFixture, graph: GraphMessageOptions = {}) {
  const relaying = await startSandbox({ mailboxes: [relayFor(fixture)] });
  const transporter = nodemailer.createTransport(graphTransport(relaying.options));
  try {
    const info = await transporter.sendMail({
      raw: fixture.mime,
      envelope: { from: 'relay@contoso.example', to: envelopeOf(fixture) },
      graph,
    });
    const [message] = relaying.messages;
    if (!message) throw new Error('nothing arrived');
    return { info, message, requests: relaying.requests };
  } finally {
    transporter.close();
    await relaying.close();
  }
}

const recipientsOf = ({ to, cc, bcc }: SandboxMessage) =>
  [...to, ...cc, ...bcc].map(({ address }) => address.toLowerCase());
const unique = (list: string[]) => [...new Set(list)].sort();

test.each(mailFixtures)('takes its route and reaches its envelope: $name', async (fixture) => {
  const { info, message } = await relay(fixture);
  expect(info.route).toBe(fixture.route);
  expect(info.routeReason).toContain(fixture.because ?? 'JSON carries it whole');
  expect(message.route).toBe(fixture.route);
  expect(unique(recipientsOf(message))).toEqual(unique(envelopeOf(fixture).map((to) => to.toLowerCase())));
  expect(message.internetMessageId).toBe(info.messageId);
  if (fixture.message) {
    const expected = { internetMessageId: info.messageId, ...fixture.message };
    expect(message.request).toEqual({ message: expected, saveToSentItems: true });
  }
});

test.each(mailFixtures)('arrives byte for byte by the MIME route: $name', async (fixture) => {
  const { message } = await relay(fixture, { format: 'mime' });
  // What stands before the header is no part of the message.
  const sent = fixture.mime
    .toString('latin1')
    .replace(/^\xef\xbb\xbf|^From [^\n]*\n/, '')
    .replace(/\r?\n/g, '\r\n')
    .replace(/(?<!\n)$/, '\r\n');
  const arrived = message.mime?.toString('latin1') ?? '';
  const bodyOf = (mail: string) => mail.slice(mail.indexOf('\r\n\r\n'));
  expect(bodyOf(arrived)).toBe(bodyOf(sent));
  const fieldsOf = (mail: string) => mail.slice(0, mail.indexOf('\r\n\r\n')).split(/\r\n(?![ \t])/);
  const lost = fieldsOf(sent)
    .filter((field) => !fieldsOf(arrived).includes(field))
    .filter((field) => !fixture.rewritten?.includes(field.replace(/:[\s\S]*/, '').toLowerCase()));
  // Bcc is for Graph only; addresses in UTF-8, or with more than a few words as a comment, are written anew.
  const isRewritten = (field: string) => /^bcc:|^(?:from|to|cc):.*(?:[\x80-\xff]|\([^)]*[,\\])/is.test(field);
  expect(lost.filter((field) => !isRewritten(field))).toEqual([]);
  expect(arrived).not.toMatch(/^bcc:/im);
});

test.each(refusedFixtures)(
  'is refused in words that say why: $name',
  async ({ mime, envelope, code, says }) => {
    for (const format of ['auto', 'mime', 'json'] as const) {
      await expect(createTransporter({ format }).sendMail({ raw: mime, envelope })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(says),
      });
    }
    expect(sandbox.messages).toEqual([]);
  },
);

test('a refused message says what it would have lost, and lossy sends it and lists that', async () => {
  const list = mailFixtures.find(({ name }) => name === 'newsletter-list-id');
  if (!list) throw new Error('the fixture is gone');
  await expect(relay(list, { format: 'json' })).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining('the header List-ID'),
  });
  const { info } = await relay(list, { format: 'json', lossy: true });
  expect(info.route).toBe('json');
  expect(info.dropped).toContain('the header List-ID');
});

test('the copy that MIME leaves in Sent Items is deleted', async () => {
  const [fixture] = mailFixtures.filter(({ because }) => because === 'signed');
  if (!fixture) throw new Error('the fixture is gone');
  const { info, message, requests } = await relay(fixture, { saveToSentItems: false });
  expect(info.dropped).toEqual([]);
  expect(message.savedToSentItems).toBe(true);
  const deletions = requests.filter(({ path }) => path.endsWith('/permanentDelete'));
  expect(deletions).toMatchObject([{ status: 204 }]);
});

test('a message as MIME has the lines that mail servers are used to', async () => {
  const transporter = createTransporter();
  const html = `<p>${'Grüße '.repeat(500)}</p>`;
  const info = await transporter.sendMail({
    to: 'ann@example.com',
    text: 'Grüße',
    html,
    graph: { format: 'mime' },
  });
  transporter.close();
  expect(info.route).toBe('mime');
  const [arrived] = sandbox.messages;
  expect(arrived?.mime?.toString('latin1')).toMatch(/^[\x20-\x7e\r\n]*$/);
  expect(
    Math.max(...(arrived?.mime?.toString() ?? '').split('\r\n').map((line) => line.length)),
  ).toBeLessThan(80);
  expect(arrived?.body.content).toContain(html);
});

test("an invitation keeps its method, by Nodemailer's own icalEvent", async () => {
  const transporter = createTransporter();
  const info = await transporter.sendMail({
    to: 'ann@example.com',
    subject: 'Review',
    text: 'Please come',
    icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n' },
  });
  transporter.close();
  expect(info).toMatchObject({ route: 'mime', routeReason: expect.stringContaining('invitation') });
  const arrived = sandbox.messages[0]?.mime?.toString() ?? '';
  expect(arrived).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/);
  expect(arrived).toMatch(/^From: app@contoso\.example\r\n/m);
});

test('a message overrides the transport', async () => {
  const transporter = createTransporter({ saveToSentItems: true });
  await transporter.sendMail({
    to: 'ann@example.com',
    headers: { Keywords: 'old' },
    graph: {
      userId: 'sales@contoso.example',
      saveToSentItems: false,
      importance: 'low',
      categories: ['Orders'],
    },
  });
  transporter.close();
  expect(sandbox.messages[0]).toMatchObject({
    mailbox: 'sales@contoso.example',
    savedToSentItems: false,
    importance: 'low',
    categories: ['Orders'],
  });
});

test('each message leaves from the mailbox in its From, when userId is a function', async () => {
  const transporter = createTransporter({
    userId: async ({ from }: MailboxQuestion) => from?.address ?? 'app@contoso.example',
  });
  await transporter.sendMail({ from: 'Sales <sales@contoso.example>', to: 'ann@example.com' });
  await transporter.sendMail({ to: 'ann@example.com' });
  transporter.close();
  expect(sandbox.messages.map(({ mailbox }) => mailbox)).toEqual([
    'sales@contoso.example',
    'app@contoso.example',
  ]);
});

test.each([
  [{ format: 'eml' }, 'format must be auto, json or mime'],
  [{ saveToSentitems: false }, 'Unknown option "saveToSentitems". Did you mean "saveToSentItems"?'],
  [{ userId: '..' }, 'userId'],
  [{ categories: ['a,b'] }, 'categories'],
  [{ importance: 'urgent' }, 'importance'],
  [{ lossy: 1 }, 'lossy'],
])('wrong options of a message are refused: %j', async (graph, complaint) => {
  const transporter = createTransporter();
  const message = JSON.parse(JSON.stringify({ to: 'ann@example.com', graph }));
  await expect(transporter.sendMail(message)).rejects.toMatchObject({
    code: 'ECONFIG',
    message: expect.stringContaining(complaint),
  });
  transporter.close();
});

test('a userId function that finds no mailbox is told so', async () => {
  const transporter = createTransporter({ userId: () => '' });
  await expect(transporter.sendMail({ to: 'ann@example.com' })).rejects.toMatchObject({ code: 'ECONFIG' });
  transporter.close();
});

test('keeps to what a mailbox takes at once, so that none is throttled', async () => {
  const busy = await startSandbox({ latency: 100 });
  const transporter = nodemailer.createTransport(graphTransport(busy.options));
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => transporter.sendMail({ to: 'ann@example.com', subject: `${n}` })),
  );
  expect(busy.messages).toHaveLength(20);
  expect(busy.concurrency).toEqual({ [busy.options.userId]: 4 });
  expect(busy.requests.map(({ status }) => status)).not.toContain(429);
  transporter.close();
  await busy.close();
});

test('gets everything through a mailbox that takes less at once than it is given', async () => {
  const busy = await startSandbox({ latency: 50, limits: { concurrentRequests: 1 } });
  const options = { maxConnections: 4, retry: { attempts: 50, maxDelay: 20 } };
  const transporter = nodemailer.createTransport(graphTransport({ ...busy.options, ...options }));
  await Promise.all(
    Array.from({ length: 8 }, (_, n) => transporter.sendMail({ to: 'ann@example.com', subject: `${n}` })),
  );
  expect(busy.requests.map(({ status }) => status)).toContain(429);
  const subjects = busy.messages.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(8);
  expect(subjects).toHaveLength(8);
  transporter.close();
  await busy.close();
});
