import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
const start = async (options: StartSandboxOptions = {}) => {
  sandbox = await startSandbox(options);
};
afterEach(() => sandbox.close());

const create = (options: GraphTransportOptions = {}) =>
  graphTransport({ ...sandbox.options, retry: { attempts: 3, maxDelay: 5 }, ...options });
const send = (mail: SendMailOptions, options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(create(options)).sendMail(mail);
const letter: SendMailOptions = {
  messageId: '<letter-1@contoso.example>',
  to: 'ann@example.com',
  subject: 'Plans',
  text: 'Here they are',
};
const plan: SendMailOptions = {
  ...letter,
  attachments: [{ filename: 'plan.bin', content: Buffer.alloc(3_100_000, 'plan') }],
};

/** The copies in Sent Items of a mailbox, as an app with Mail.Read sees them. */
async function sentItems(userId = sandbox.options.userId): Promise<{ id: string; conversationId: string }[]> {
  const { tenantId, clientId, clientSecret } = sandbox.options;
  const token = await fetch(`${sandbox.options.authorityHost}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${sandbox.options.graphEndpoint}/.default`,
    }),
  });
  const { access_token } = await token.json();
  const answer = await fetch(
    `${sandbox.options.graphEndpoint}/v1.0/users/${userId}/mailFolders/sentitems/messages`,
    { headers: { authorization: `Bearer ${access_token}` } },
  );
  return (await answer.json()).value;
}

test('a draft that was sent knows the conversation of its copy, and no id that leads nowhere', async () => {
  await start();
  const info = await send(plan);
  const [copy] = await sentItems();
  expect(copy?.conversationId).toMatch(/./);
  expect(info.sentItem).toEqual({
    id: undefined,
    conversationId: copy?.conversationId,
    webLink: undefined,
  });
});

test('a message that exactly-once delivery finds in Sent Items comes with its copy', async () => {
  await start();
  await send(letter, { delivery: 'exactly-once' });
  const info = await send(letter, { delivery: 'exactly-once' });
  const [copy] = await sentItems();
  expect(info).toMatchObject({
    deduplicated: true,
    sentItem: { id: copy?.id, conversationId: copy?.conversationId },
  });
  expect(info.sentItem?.webLink).toContain(encodeURIComponent(copy?.id ?? 'no copy'));
});

test.each(['at-most-once', 'exactly-once'] as const)(
  'the copy that proves a lost answer is told, %s',
  async (delivery) => {
    await start();
    sandbox.failNext('send-draft', { kind: 'reset', when: 'after' });
    const info = await send(plan, { delivery });
    const [copy] = await sentItems();
    expect(info).toMatchObject({ response: 'Sent, as the mailbox says', sentItem: { id: copy?.id } });
  },
);

test('a message sent in one request has no sent item, until it is looked up', async () => {
  await start();
  const transport = create();
  const info = await nodemailer.createTransport(transport).sendMail(letter);
  expect(info).toMatchObject({ route: 'json', sentItem: undefined });
  const [copy] = await sentItems();
  const found = await transport.sentItem(info.messageId);
  expect(found).toMatchObject({ id: copy?.id, conversationId: copy?.conversationId });
  await expect(transport.sentItem('letter-1@contoso.example')).resolves.toEqual(found);
});

test('of several copies with one Message-ID, the one sent last is found', async () => {
  let now = Date.UTC(2026, 0, 1);
  await start({ now: () => now });
  const transport = create();
  const transporter = nodemailer.createTransport(transport);
  for (const subject of ['first', 'second', 'third']) {
    await transporter.sendMail({ ...letter, subject });
    now += 60_000;
  }
  const copies = await sentItems();
  expect(copies).toHaveLength(3);
  await expect(transport.sentItem(letter.messageId ?? '')).resolves.toMatchObject({ id: copies[0]?.id });
});

test.each([
  ['was never sent', '<other@contoso.example>'],
  ['has a quote in it', "<o'hara@contoso.example>"],
])('a message that %s has no sent item', async (_, messageId) => {
  await start();
  await expect(create().sentItem(messageId)).resolves.toBeUndefined();
});

test('a draft with that Message-ID is no sent item', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
  sandbox.failNext(
    'delete-message',
    { kind: 'answer', status: 403, code: 'ErrorAccessDenied' },
    { times: 9 },
  );
  await send(plan).catch(() => undefined);
  expect(sandbox.drafts).toHaveLength(1);
  await expect(create().sentItem(letter.messageId ?? '')).resolves.toBeUndefined();
});

test('without Mail.Read the error names the permission', async () => {
  await start({ roles: ['Mail.Send'] });
  await expect(create().sentItem('<a@contoso.example>')).rejects.toMatchObject({
    code: 'EAUTH',
    responseCode: 403,
    message: expect.stringContaining('transport.sentItem() needs the application permission Mail.Read'),
  });
});

test('the mailbox can be named, and must be if userId is a function', async () => {
  await start();
  await send(letter, { userId: 'sales@contoso.example' });
  const transport = create({ userId: () => 'sales@contoso.example' });
  await expect(transport.sentItem(letter.messageId ?? '')).rejects.toMatchObject({ code: 'ECONFIG' });
  const there = await transport.sentItem(letter.messageId ?? '', { userId: 'sales@contoso.example' });
  expect(there?.id).toMatch(/./);
  await expect(create().sentItem(letter.messageId ?? '')).resolves.toBeUndefined();
});

test.each(['', '  ', '<>', 'two words', '<a@b>\r\n'])('%j is refused as a Message-ID', async (messageId) => {
  await start();
  const found = create().sentItem(messageId);
  if (messageId === '<a@b>\r\n') await expect(found).resolves.toBeUndefined();
  else await expect(found).rejects.toMatchObject({ code: 'EMESSAGE' });
});

test('a look-up that Graph throttles is made again', async () => {
  await start();
  const transport = create();
  await nodemailer.createTransport(transport).sendMail(letter);
  sandbox.failNext('find-messages', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } });
  await expect(transport.sentItem(letter.messageId ?? '')).resolves.toMatchObject({
    id: expect.any(String),
  });
});

test('a look-up ends with its signal, and with the transport', async () => {
  await start();
  const transport = create();
  sandbox.failNext('find-messages', { kind: 'silence', when: 'before' }, { times: 2 });
  const abort = new AbortController();
  const asked = transport.sentItem('<a@b>', { signal: abort.signal });
  abort.abort();
  await expect(asked).rejects.toMatchObject({ code: 'EABORT' });
  const closedOn = expect(transport.sentItem('<a@b>')).rejects.toMatchObject({ code: 'EABORT' });
  await transport.close({ force: true });
  await closedOn;
  await expect(transport.sentItem('<a@b>')).rejects.toMatchObject({ code: 'ECONNECTION' });
});
