import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
const QUESTION = '<question-1@contoso.example>';

/** A sandbox whose mailbox holds the question, with an inline image. */
const start = async (options: StartSandboxOptions = {}) => {
  sandbox = await startSandbox(options);
  await transporter().sendMail({
    messageId: QUESTION,
    to: 'ann@example.com',
    cc: 'old@example.com',
    subject: 'Old question',
    html: '<p>Old body <img src="cid:logo"></p>',
    attachments: [{ filename: 'old.png', content: 'old', cid: 'logo' }],
  });
};
afterEach(() => sandbox.close());

const transporter = (options: GraphTransportOptions = {}) =>
  nodemailer.createTransport(
    graphTransport({ ...sandbox.options, retry: { attempts: 3, maxDelay: 5 }, ...options }),
  );
const answer = (mail: SendMailOptions = {}, options?: GraphTransportOptions) =>
  transporter(options).sendMail({
    messageId: '<answer-1@contoso.example>',
    to: 'bob@example.com',
    subject: 'Answer',
    text: 'New',
    graph: { inReplyTo: QUESTION },
    ...mail,
  });
const asked = (end: string) => sandbox.requests.filter(({ path }) => path.split('?')[0]?.endsWith(end));
const conversationOf = async (messageId: string) =>
  (await graphTransport(sandbox.options).sentItem(messageId))?.conversationId;

test.each([
  ['createReply', 'bob@example.com'],
  ['createReplyAll', 'bob@example.com, eve@example.com'],
])('a reply by %s stays in the conversation and has nothing of the old message', async (action, to) => {
  await start();
  const info = await answer({
    to,
    headers: { 'X-Ticket': '7' },
    attachments: [{ filename: 'new.txt', content: 'new' }],
  });
  expect(info).toMatchObject({ route: 'draft', routeReason: 'a reply in its conversation', dropped: [] });
  expect(info.serverMessageId).toBe('<answer-1@contoso.example>');
  expect(asked(`/${action}`)).toHaveLength(1);
  const sent = sandbox.messages[1];
  expect(sent).toMatchObject({
    subject: 'Answer',
    body: { contentType: 'text', content: 'New' },
    cc: [],
    bcc: [],
    replyTo: [],
    attachments: [{ name: 'new.txt' }],
    internetMessageId: '<answer-1@contoso.example>',
  });
  expect(sent?.to.map(({ address }) => address).join(', ')).toBe(to);
  expect(sent?.raw.toString()).toMatch(/^x-ticket: 7\r$/im);
  expect(sent?.raw.toString()).not.toMatch(/old/i);
  const conversation = await conversationOf(QUESTION);
  expect(conversation).toMatch(/./);
  expect(info.sentItem?.conversationId).toBe(conversation);
  expect(await conversationOf('<answer-1@contoso.example>')).toBe(conversation);
});

test.each<[string, StartSandboxOptions, SendMailOptions, string]>([
  ['is not found', {}, { graph: { inReplyTo: '<none@b.example>' } }, 'not found'],
  ['may not be read', { roles: ['Mail.Send'] }, {}, 'Mail.ReadWrite'],
  ['may not be answered', { roles: ['Mail.Send', 'Mail.Read'] }, {}, 'Mail.ReadWrite'],
  ['is answered as MIME', {}, { graph: { inReplyTo: QUESTION, format: 'mime' } }, 'MIME'],
  [
    'is answered exactly once',
    {},
    { graph: { inReplyTo: QUESTION, delivery: 'exactly-once' } },
    'exactly-once',
  ],
])('if the message %s, the reply goes with its headers alone', async (_, options, mail, why) => {
  await start(options);
  const warn = jest.fn();
  const quiet = () => {};
  const logger = { trace: quiet, debug: quiet, info: quiet, warn, error: quiet, fatal: quiet };
  const info = await answer(mail, { logger });
  expect(info.dropped).toEqual([expect.stringMatching(`inReplyTo: .*${why}`)]);
  expect(JSON.stringify(warn.mock.calls)).toContain('inReplyTo');
  expect(sandbox.messages).toHaveLength(2);
  const id = mail.graph?.inReplyTo ?? QUESTION;
  expect(sandbox.messages[1]?.raw.toString()).toMatch(new RegExp(`^In-Reply-To: ${id}\r$`, 'im'));
  expect(sandbox.messages[1]?.raw.toString()).toMatch(new RegExp(`^References: ${id}\r$`, 'im'));
  expect(sandbox.drafts).toEqual([]);
});

test('the References of the app are kept', async () => {
  await start({ roles: ['Mail.Send'] });
  await answer({ references: '<first@b.example>' });
  expect(sandbox.messages[1]?.raw.toString()).toMatch(/^References: <first@b.example>\r$/im);
});

test('if the answer to createReply is lost, another draft is sent and info tells of the first', async () => {
  await start();
  sandbox.failNext('create-reply', { kind: 'reset', when: 'after' });
  const info = await answer();
  expect(info).toMatchObject({ route: 'draft', draftMayBeLeft: true });
  expect(sandbox.messages).toHaveLength(2);
  expect(sandbox.drafts).toHaveLength(1);
});

test('if all answers to createReply are lost, the error says that a draft may be left', async () => {
  await start();
  sandbox.failNext('create-reply', { kind: 'reset', when: 'after' }, { times: 3 });
  await expect(answer()).rejects.toMatchObject({
    ambiguous: false,
    message: expect.stringContaining('may be left'),
  });
  expect(sandbox.messages).toHaveLength(1);
});

test.each(['list-attachments', 'delete-attachment', 'update-message'] as const)(
  'if %s is refused, nothing is sent and no draft stays',
  async (request) => {
    await start();
    sandbox.failNext(request, { kind: 'answer', status: 400, code: 'ErrorInvalidRequest' }, { times: 5 });
    await expect(answer()).rejects.toMatchObject({ ambiguous: false });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  },
);

test.each(['list-attachments', 'delete-attachment', 'update-message', 'create-reply'] as const)(
  'a passing 503 of %s is waited out',
  async (request) => {
    await start();
    sandbox.failNext(request, { kind: 'answer', status: 503 });
    const info = await answer();
    expect(info.route).toBe('draft');
    expect(sandbox.messages[1]?.attachments).toEqual([]);
  },
);

test('a lost answer to the send is proved by the copy', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'reset', when: 'after' });
  await expect(answer()).resolves.toMatchObject({ response: 'Sent, as the mailbox says' });
  expect(sandbox.messages).toHaveLength(2);
});

test.each(['', 'two words', '<a>b@c>', 7])('%j is refused before anything is asked', async (id) => {
  await start();
  const before = sandbox.requests.length;
  const graph = Object.assign({}, { inReplyTo: QUESTION }, { inReplyTo: id });
  await expect(answer(JSON.parse(JSON.stringify({ graph })))).rejects.toMatchObject({ code: 'EMESSAGE' });
  expect(sandbox.requests).toHaveLength(before);
});
