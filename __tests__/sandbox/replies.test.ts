import { createSandbox, type Sandbox } from '../../src/sandbox';
import { ask, attach, find, LUNCH, makeDraft, post, refusal, send, TEXT_FILE } from './support';

const PLAN = '<plan@contoso.example>';
const recipients = (...addresses: string[]) => addresses.map((address) => ({ emailAddress: { address } }));
const LOGO = { ...TEXT_FILE, name: 'logo.png', isInline: true, contentId: 'logo' };

/** Sends a message, and answers its copy in Sent Items. */
async function replyTo(sandbox: Sandbox, message: object, action = 'createReply', body?: object | string) {
  const contentType = typeof body === 'string' ? 'text/plain' : 'application/json';
  await send(sandbox, { ...LUNCH, internetMessageId: PLAN, ...message });
  const { value } = await (await find(sandbox, `internetMessageId eq '${PLAN}'`)).json();
  const [original] = value;
  const answer = await ask(sandbox, 'POST', `messages/${original.id}/${action}`, body, { contentType });
  expect(answer.status).toBe(201);
  return { original, draft: await answer.json() };
}
const addresses = (list: { emailAddress: { address: string } }[]) =>
  list.map(({ emailAddress }) => emailAddress.address);

test('a reply is a draft to the sender, in the conversation of the message', async () => {
  const sandbox = createSandbox();
  const { original, draft } = await replyTo(sandbox, { ccRecipients: recipients('eve@example.com') });
  expect(draft).toMatchObject({
    isDraft: true,
    subject: `RE: ${LUNCH.subject}`,
    conversationId: original.conversationId,
    body: { content: expect.stringContaining(LUNCH.body.content) },
    ccRecipients: [],
  });
  expect(addresses(draft.toRecipients)).toEqual([sandbox.options.userId]);
  expect(sandbox.drafts).toHaveLength(1);
});

test('a reply goes to Reply-To instead, if there is one', async () => {
  const { draft } = await replyTo(createSandbox(), { replyTo: recipients('desk@example.com') });
  expect(addresses(draft.toRecipients)).toEqual(['desk@example.com']);
});

test('a reply to all goes to the other recipients too', async () => {
  const sandbox = createSandbox();
  const message = {
    toRecipients: recipients('megan@fabrikam.example', sandbox.options.userId.toUpperCase()),
    ccRecipients: recipients('eve@example.com'),
  };
  const { draft } = await replyTo(sandbox, message, 'createReplyAll');
  expect(addresses(draft.toRecipients)).toEqual([sandbox.options.userId, 'megan@fabrikam.example']);
  expect(addresses(draft.ccRecipients)).toEqual(['eve@example.com']);
});

test('a reply to a reply has one RE:', async () => {
  const { draft } = await replyTo(createSandbox(), { subject: 'Re: Lunch' });
  expect(draft.subject).toBe('Re: Lunch');
});

test('a reply has the inline images of the message and none of its files, and they can be deleted', async () => {
  const sandbox = createSandbox();
  const { draft } = await replyTo(sandbox, { attachments: [TEXT_FILE, LOGO] });
  const path = `messages/${draft.id}/attachments`;
  const { value } = await (await ask(sandbox, 'GET', path)).json();
  expect(value).toMatchObject([{ name: 'logo.png', isInline: true }]);
  expect((await ask(sandbox, 'DELETE', `${path}/${value[0].id}`)).status).toBe(204);
  expect(await (await ask(sandbox, 'GET', path)).json()).toMatchObject({ value: [] });
  expect(await refusal(ask(sandbox, 'DELETE', `${path}/${value[0].id}`))).toMatchObject({
    status: 404,
    code: 'ErrorItemNotFound',
  });
});

test('a file can be deleted from a draft, and the others stay', async () => {
  const sandbox = createSandbox();
  const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
  const { id: second } = await (await attach(sandbox, id, { ...TEXT_FILE, name: 'second.txt' })).json();
  await attach(sandbox, id, { ...TEXT_FILE, name: 'third.txt' });
  await ask(sandbox, 'DELETE', `messages/${id}/attachments/${second}`);
  expect(sandbox.drafts[0]?.attachments.map(({ name }) => name)).toEqual(['greeting.txt', 'third.txt']);
});

test.each<[string, string, object | string | undefined, number]>([
  ['an unknown message', 'messages/AAMkunknown/createReply', undefined, 404],
  ['an unknown property', 'messages/AAMkunknown/createReply', { message: { colour: 'red' } }, 400],
  ['an unknown parameter', 'messages/AAMkunknown/createReply', { remark: 'Hi' }, 400],
  ['a body that is not JSON', 'messages/AAMkunknown/createReply', 'Subject: x', 400],
])('a reply is refused for %s', async (_, path, body, status) => {
  const sandbox = createSandbox();
  expect((await ask(sandbox, 'POST', path, body)).status).toBe(status);
  expect(sandbox.drafts).toEqual([]);
});

test('a reply takes Mail.ReadWrite', async () => {
  const sandbox = createSandbox({ roles: ['Mail.Send', 'Mail.Read'] });
  await post(sandbox, JSON.stringify({ message: { ...LUNCH, internetMessageId: PLAN } }));
  const { value } = await (await find(sandbox, `internetMessageId eq '${PLAN}'`)).json();
  const answer = ask(sandbox, 'POST', `messages/${value[0].id}/createReply`);
  expect(await refusal(answer)).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
});

test.each([
  ['text', { comment: 'Thank you & bye' }, /^Thank you & bye\n\nFrom: [\s\S]*See you at noon/],
  [
    'html',
    { Comment: 'Thank you & bye\n<Ann>' },
    /^Thank you &amp; bye<br>&lt;Ann&gt;<br><hr>[\s\S]*See you at noon/,
  ],
  ['text', { message: { body: { content: 'Yes' } } }, /^Yes\n\nFrom: [\s\S]*See you at noon/],
  [
    'text',
    { message: { body: { contentType: 'html', content: '<b>Yes</b>' } } },
    /^<b>Yes<\/b><br><br>From: [\s\S]*See you at noon/,
  ],
  [
    'html',
    { Message: { body: { contentType: 'text', content: 'Yes' } } },
    /^Yes\n\nFrom: [^<]*See you at noon/,
  ],
])('a reply to %s has %j above the quoted message', async (contentType, body, expected) => {
  const message = { body: { contentType, content: 'See you at noon' } };
  const { draft } = await replyTo(createSandbox(), message, 'createReply', body);
  expect(draft.body.content).toMatch(expected);
});

test('a reply takes properties and files with its comment', async () => {
  const sandbox = createSandbox();
  const message = {
    toRecipients: recipients('eve@example.com'),
    importance: 'high',
    attachments: [TEXT_FILE],
  };
  const { draft } = await replyTo(sandbox, { attachments: [LOGO] }, 'createReplyAll', {
    comment: 'Hi',
    message,
  });
  expect(draft).toMatchObject({ importance: 'high', subject: `RE: ${LUNCH.subject}`, hasAttachments: true });
  expect(addresses(draft.toRecipients)).toEqual(['eve@example.com']);
  expect(sandbox.drafts[0]?.attachments.map(({ name }) => name)).toEqual(['logo.png', TEXT_FILE.name]);
  expect((await ask(sandbox, 'POST', `messages/${draft.id}/send`)).status).toBe(202);
  expect(sandbox.messages.at(-1)).toMatchObject({
    to: [{ address: 'eve@example.com' }],
    body: { content: expect.stringMatching(/^Hi/) },
  });
});

test('a reply with both a comment and a body is refused', async () => {
  const sandbox = createSandbox();
  const body = { comment: 'Hi', message: { body: { content: 'Ho' } } };
  const answer = ask(sandbox, 'POST', 'messages/AAMkunknown/createReply', body);
  expect(await refusal(answer)).toMatchObject({ status: 400 });
  expect(sandbox.requests.at(-1)).toMatchObject({ rule: 'reply-comment-or-body' });
});

test('a reply of a From that the mailbox may not send as is refused when it is sent', async () => {
  const sandbox = createSandbox();
  const message = { from: { emailAddress: { address: 'eve@example.com' } } };
  const { draft } = await replyTo(sandbox, {}, 'createReply', { message });
  const answer = ask(sandbox, 'POST', `messages/${draft.id}/send`);
  expect(await refusal(answer)).toMatchObject({ status: 403, code: 'ErrorSendAsDenied' });
});

test('a reply as MIME is a draft of that message, in the conversation', async () => {
  const sandbox = createSandbox();
  const mime = 'To: ann@example.com\r\nSubject: Re: Lunch\r\n\r\nAt one.\r\n';
  const body = Buffer.from(mime).toString('base64');
  const { original, draft } = await replyTo(sandbox, {}, 'createReply', body);
  expect(draft).toMatchObject({
    isDraft: true,
    subject: 'Re: Lunch',
    body: { contentType: 'text', content: 'At one.\n' },
    conversationId: original.conversationId,
  });
  expect(addresses(draft.toRecipients)).toEqual(['ann@example.com']);
});

test.each([
  ['text/plain', 'Subject: x', 400, 'ErrorMimeContentInvalidBase64String'],
  ['text/html', '<p>x</p>', 415, 'RequestBodyRead'],
])('a reply as %s is refused if it is %j', async (contentType, body, status, code) => {
  const answer = ask(createSandbox(), 'POST', 'messages/AAMkunknown/createReply', body, { contentType });
  expect(await refusal(answer)).toMatchObject({ status, code });
});
