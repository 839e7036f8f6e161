import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { ask } from '../sandbox/support';

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

test.each<[string, StartSandboxOptions]>([
  ['in a conversation', {}],
  ['with headers alone', { roles: ['Mail.Send'] }],
])('In-Reply-To and References of the app are kept %s', async (_, options) => {
  await start(options);
  await answer({ inReplyTo: '<other@b.example>', references: '<first@b.example> <other@b.example>' });
  const raw = sandbox.messages[1]?.raw.toString();
  expect(raw).toMatch(/^In-Reply-To: <other@b.example>\r$/im);
  expect(raw).toMatch(/^References: <first@b.example> <other@b.example>\r$/im);
});

test('a reply to a reply has the References of the whole conversation', async () => {
  await start();
  await answer();
  await answer({ messageId: '<third@b.example>', graph: { inReplyTo: '<answer-1@contoso.example>' } });
  const raw = sandbox.messages[2]?.raw.toString();
  expect(raw).toMatch(/^In-Reply-To: <answer-1@contoso.example>\r$/im);
  expect(raw).toMatch(/^References: <question-1@contoso.example>\s+<answer-1@contoso.example>\r$/im);
});

test('a Message-ID without brackets is found, one that differs in case is another message', async () => {
  await start();
  const bare = await answer({ graph: { inReplyTo: 'question-1@contoso.example' } });
  expect(bare.route).toBe('draft');
  const other = await answer({
    messageId: '<b@b.example>',
    graph: { inReplyTo: '<QUESTION-1@contoso.example>' },
  });
  expect(other.dropped).toEqual([expect.stringContaining('not found')]);
});

test('a message in the Inbox of the mailbox that sends is answered', async () => {
  sandbox = await startSandbox();
  await transporter().sendMail({ messageId: QUESTION, to: 'sales@contoso.example', text: 'How?' });
  const info = await answer({ to: 'app@contoso.example' }, { userId: 'sales@contoso.example' });
  expect(info).toMatchObject({ routeReason: 'a reply in its conversation', dropped: [] });
  expect(sandbox.messages[1]).toMatchObject({ mailbox: 'sales@contoso.example', subject: 'Answer' });
});

test('a draft with the Message-ID is not answered', async () => {
  sandbox = await startSandbox();
  const draft = { subject: 'Draft', internetMessageId: QUESTION };
  expect((await ask(sandbox, 'POST', 'messages', draft)).status).toBe(201);
  expect((await answer()).dropped).toEqual([expect.stringContaining('not found')]);
});

test('everyone of the message gets it, and it has all that it had as any other draft', async () => {
  await start();
  const large = Buffer.alloc(3_000_001, 'large');
  const info = await answer({
    from: 'App <app@contoso.example>',
    to: 'bob@example.com',
    cc: ['eve@example.com', 'Ann <ann@example.com>'],
    bcc: 'zoe@example.com',
    replyTo: 'desk@contoso.example',
    priority: 'high',
    html: '<p>New <img src="cid:pic"></p>',
    headers: { 'X-One': '1', 'X-Two': '2' },
    attachments: [
      { filename: 'pic.png', content: 'new', cid: 'pic' },
      { filename: 'large.bin', content: large },
    ],
  });
  expect(info.dropped).toEqual([]);
  expect(info.accepted).toEqual(['bob@example.com', 'eve@example.com', 'ann@example.com', 'zoe@example.com']);
  const sent = sandbox.messages[1];
  expect(sent).toMatchObject({
    to: [{ address: 'bob@example.com' }],
    cc: [{ address: 'eve@example.com' }, { name: 'Ann', address: 'ann@example.com' }],
    bcc: [{ address: 'zoe@example.com' }],
    replyTo: [{ address: 'desk@contoso.example' }],
    importance: 'high',
    body: { contentType: 'html', content: '<p>New <img src="cid:pic"></p>' },
    attachments: [
      { name: 'pic.png', isInline: true, contentId: 'pic' },
      { name: 'large.bin', isInline: false },
    ],
  });
  expect(sent?.attachments[1]?.content.equals(large)).toBe(true);
  expect(sent?.raw.toString()).toMatch(/^x-one: 1\r$/im);
  expect(sent?.raw.toString()).toMatch(/^x-two: 2\r$/im);
  expect(asked('/createUploadSession')).toHaveLength(1);
});

test('the importance and categories of the old message do not pass on', async () => {
  sandbox = await startSandbox();
  const graph = { importance: 'high', categories: ['Old'] } as const;
  await answer({ messageId: QUESTION, graph: { ...graph, categories: ['Old'] } });
  await answer();
  expect(sandbox.messages[1]).toMatchObject({ importance: 'normal', categories: [] });
});

test('with exactly-once, a reply is sent in its conversation, once for each Message-ID', async () => {
  await start();
  const graph = { inReplyTo: QUESTION, delivery: 'exactly-once' } as const;
  const first = await answer({ graph });
  const again = await answer({ graph });
  expect(first).toMatchObject({
    routeReason: 'a reply in its conversation',
    deduplicated: false,
    dropped: [],
  });
  expect(again).toMatchObject({ deduplicated: true });
  expect(sandbox.messages).toHaveLength(2);
  expect(sandbox.drafts).toEqual([]);
  expect(await conversationOf('<answer-1@contoso.example>')).toBe(await conversationOf(QUESTION));
});

test('with exactly-once, a reply is not marked as complete before its attachments are there', async () => {
  await start();
  sandbox.failNext('add-attachment', { kind: 'answer', status: 400, code: 'ErrorInvalidRequest' });
  sandbox.failNext('delete-message', { kind: 'answer', status: 400, code: 'ErrorInvalidRequest' });
  const mail: SendMailOptions = {
    attachments: [{ filename: 'new.txt', content: 'new' }],
    graph: { inReplyTo: QUESTION, delivery: 'exactly-once' },
  };
  await expect(answer(mail)).rejects.toMatchObject({ ambiguous: false });
  await answer(mail);
  expect(sandbox.messages.slice(1).map(({ attachments }) => attachments.length)).toEqual([1]);
  expect(sandbox.drafts).toEqual([]);
});

test('with exactly-once, a draft that no process can find leaves no doubt, and one that is ours does', async () => {
  await start();
  const graph = { inReplyTo: QUESTION, delivery: 'exactly-once' } as const;
  sandbox.failNext('create-reply', { kind: 'reset', when: 'after' }, { times: 3 });
  await expect(answer({ graph })).rejects.toMatchObject({ ambiguous: false });
  sandbox.failNext('update-message', { kind: 'reset', when: 'after' }, { times: 3 });
  sandbox.failNext('delete-message', { kind: 'answer', status: 400, code: 'ErrorInvalidRequest' });
  await expect(answer({ graph })).rejects.toMatchObject({ ambiguous: true });
  expect(await answer({ graph })).toMatchObject({ route: 'draft' });
  expect(sandbox.messages).toHaveLength(2);
});

test('Exchange holds a reply until its time, in its conversation', async () => {
  await start();
  const sendAt = new Date(Date.now() + 3_600_000);
  const info = await answer({ graph: { inReplyTo: QUESTION, sendAt } });
  expect(info).toMatchObject({ scheduled: true, dropped: [] });
  expect(info.sentItem?.conversationId).toBe(await conversationOf(QUESTION));
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toMatchObject([{ subject: 'Answer', attachments: [], sendsAt: sendAt }]);
  const transport = graphTransport(sandbox.options);
  expect(await transport.cancel('<answer-1@contoso.example>')).toBe(true);
  expect(sandbox.drafts).toEqual([]);
});

test('saveToSentItems: false deletes the copy of a reply', async () => {
  await start();
  const info = await answer({ graph: { inReplyTo: QUESTION, saveToSentItems: false } });
  expect(info).toMatchObject({
    routeReason: 'a reply in its conversation',
    dropped: [],
    sentItem: undefined,
  });
  expect(await graphTransport(sandbox.options).sentItem('<answer-1@contoso.example>')).toBeUndefined();
  expect(await graphTransport(sandbox.options).sentItem(QUESTION)).toBeDefined();
});

test.each(['find-messages', 'create-reply', 'list-attachments', 'update-message'] as const)(
  'a reply that is aborted at %s is not sent, and no draft stays unsaid',
  async (aborted) => {
    await start();
    const abort = new AbortController();
    sandbox.failWith(({ request }) => {
      if (request === aborted) abort.abort();
      return undefined;
    });
    const error = await answer({ signal: abort.signal }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'EABORT', ambiguous: false });
    expect(sandbox.messages).toHaveLength(1);
    if (sandbox.drafts.length > 0)
      expect(error).toHaveProperty('message', expect.stringContaining('may be left'));
    if (aborted !== 'create-reply') expect(sandbox.drafts).toEqual([]);
  },
);

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
