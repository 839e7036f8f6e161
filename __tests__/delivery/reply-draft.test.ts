import type { DraftMessage } from '../../src/delivery/draft-content';
import { NoThreadError } from '../../src/delivery/draft-failure';
import { DraftLedger } from '../../src/delivery/draft-ledger';
import { MailboxSearch } from '../../src/delivery/mailbox-search';
import { createReplyDraft, makeOurs } from '../../src/delivery/reply-draft';
import { plainJson } from '../../src/delivery/request-bodies';
import { type Fate, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

const reply = { messageId: '<question@contoso.example>', toAll: false };
const message: DraftMessage = {
  userId: 'app',
  content: {
    contentType: 'application/json',
    body: plainJson({ subject: 'Answer' }),
    isMime: false,
    added: [],
  },
  marks: { draft: 'mark', message: undefined },
  messageId: '<answer@contoso.example>',
  searchLagMs: undefined,
  reply,
  bytes: 100,
  onProgress: () => undefined,
};
const line = ({ method, path }: SeenRequest) => `${method} ${path.replace(/^.*\/users\/app|\?.*$/g, '')}`;

async function replyWhenFound(...value: object[]) {
  const { requests, seen } = scriptedRequests(
    ({ method }): Fate =>
      method === 'GET' ? { status: 200, body: { value } } : { status: 201, body: { id: 'draft' } },
  );
  const ledger = new DraftLedger(requests, message, new MailboxSearch(requests, 'app'));
  const id = await createReplyDraft({ requests, message, ledger }, reply);
  return { id, lines: seen.map(line) };
}

/** Changes a draft whose lists of attachments are these, one after the other. */
async function changeDraft(lists: string[][], deletion: Fate = { status: 204 }) {
  let next = 0;
  const { requests, seen } = scriptedRequests(({ method }): Fate => {
    if (method === 'DELETE') return deletion;
    if (method === 'PATCH') return { status: 200, body: { id: 'draft' } };
    const ids = lists[Math.min(next++, lists.length - 1)] ?? [];
    return { status: 200, body: { value: ids.map((id) => ({ id })) } };
  });
  const changed = makeOurs(requests, message, 'draft').then(
    ({ id }) => id,
    (error: Error) => error,
  );
  return { outcome: await changed, lines: seen.map(line) };
}

test('the message whose ID is the same in every letter is answered, and no draft is', async () => {
  const { id, lines } = await replyWhenFound(
    { id: 'draft-of-it', isDraft: true, internetMessageId: reply.messageId },
    { id: 'in-capitals', isDraft: false, internetMessageId: reply.messageId.toUpperCase() },
    { id: 'it', isDraft: false, internetMessageId: reply.messageId },
    { id: 'copy', isDraft: false, internetMessageId: reply.messageId },
  );
  expect(id).toBe('draft');
  expect(lines).toEqual(['GET /messages', 'POST /messages/it/createReply']);
});

test('a message whose ID the service does not show is answered', async () => {
  const { lines } = await replyWhenFound({ id: 'it', isDraft: false });
  expect(lines).toContain('POST /messages/it/createReply');
});

test('without such a message there is no reply', async () => {
  const other = { id: 'in-capitals', isDraft: false, internetMessageId: reply.messageId.toUpperCase() };
  await expect(replyWhenFound(other)).rejects.toThrow(NoThreadError);
});

test('attachments are deleted until a list of them is empty, and then the draft is changed', async () => {
  const { outcome, lines } = await changeDraft([['a', 'b'], ['c/1'], []]);
  expect(outcome).toBe('draft');
  expect(lines).toEqual([
    'GET /messages/draft/attachments',
    'DELETE /messages/draft/attachments/a',
    'DELETE /messages/draft/attachments/b',
    'GET /messages/draft/attachments',
    'DELETE /messages/draft/attachments/c%2F1',
    'GET /messages/draft/attachments',
    'PATCH /messages/draft',
  ]);
});

test('an attachment that is gone already is no failure', async () => {
  const gone = { status: 404, body: { error: { code: 'ErrorItemNotFound', message: 'Not found.' } } };
  expect(await changeDraft([['a'], []], gone)).toMatchObject({ outcome: 'draft' });
});

test('attachments that cannot be deleted end the reply before its content is ours', async () => {
  const { outcome, lines } = await changeDraft([['a']]);
  expect(outcome).toMatchObject({
    code: 'ECONNECTION',
    ambiguous: false,
    message: 'The attachments of the old message cannot be deleted.',
  });
  expect(lines).not.toContain('PATCH /messages/draft');
  expect(lines.filter((asked) => asked.startsWith('GET'))).toHaveLength(30);
});

const answer = (status: number, code: string): Fate => ({
  status,
  body: { error: { code, message: 'No.' } },
});

/** Replies while the searches show the message and the creations of the draft are answered so. */
async function replyAnswered(
  creations: Fate[],
  { searches = [], toAll = false }: { searches?: Fate[]; toAll?: boolean } = {},
) {
  const found = { id: 'it', isDraft: false, internetMessageId: reply.messageId };
  const { requests, seen } = scriptedRequests(
    ({ method }): Fate =>
      (method === 'GET' ? searches : creations).shift() ??
      (method === 'GET' ? { status: 200, body: { value: [found] } } : { status: 201, body: { id: 'draft' } }),
  );
  const ledger = new DraftLedger(requests, message, new MailboxSearch(requests, 'app'));
  const outcome = await createReplyDraft({ requests, message, ledger }, { ...reply, toAll }).catch(
    (error: unknown) => error,
  );
  const created = seen.filter(({ method, path }) => method === 'POST' && path.includes('createReply'));
  return { outcome, created: created.map(line), seen };
}

test('a reply to all is a draft of its own kind', async () => {
  const { outcome, created } = await replyAnswered([], { toAll: true });
  expect(outcome).toBe('draft');
  expect(created).toEqual(['POST /messages/it/createReplyAll']);
});

test('the search asks for the Message-IDs that it compares', async () => {
  const { seen } = await replyAnswered([]);
  const query = new URL(seen[0]?.path ?? '', 'https://graph.example').searchParams;
  expect(query.get('$select')).toContain('internetMessageId');
});

test.each<[string, Fate]>([
  ['is throttled', { status: 503, body: {} }],
  ['gets no answer', 'lost'],
  ['is told that the mailbox is changing', answer(412, 'ErrorIrresolvableConflict')],
])('a draft whose creation %s is created after all', async (_, fate) => {
  expect(await replyAnswered([fate])).toMatchObject({ outcome: 'draft' });
});

test.each<[string, Fate, string]>([
  [
    'the app may not make it',
    answer(403, 'ErrorAccessDenied'),
    'the app lacks the permission Mail.ReadWrite',
  ],
  [
    'the message is gone by then',
    answer(404, 'ErrorCannotDeleteObject'),
    'the message was not found in the mailbox',
  ],
])('there is no reply if %s, which is said', async (_, fate, why) => {
  const { outcome } = await replyAnswered(Array.from({ length: 9 }, () => fate));
  expect(outcome).toBeInstanceOf(NoThreadError);
  expect(outcome).toMatchObject({
    message: expect.stringContaining(why),
    cause: { name: 'GraphTransportError' },
  });
});

test('after a lost answer, what is refused is an error: there may be a draft', async () => {
  const refusal = answer(403, 'ErrorAccessDenied');
  const { outcome } = await replyAnswered(['lost', refusal, refusal]);
  expect(outcome).not.toBeInstanceOf(NoThreadError);
  expect(outcome).toMatchObject({ responseCode: 403 });
});

test('after a lost answer, a message that is gone is an error, too', async () => {
  const gone = Array.from({ length: 9 }, () => answer(404, 'ErrorItemNotFound'));
  const { outcome } = await replyAnswered(['lost', ...gone]);
  expect(outcome).not.toBeInstanceOf(NoThreadError);
  expect(outcome).toMatchObject({ name: 'GraphTransportError' });
});

test('a mailbox that does not exist is not waited for', async () => {
  const { created } = await replyAnswered(Array.from({ length: 9 }, () => answer(404, 'ResourceNotFound')));
  expect(created).toHaveLength(1);
});

test('a refusal for another reason is passed on at once', async () => {
  const { outcome, created } = await replyAnswered([answer(400, 'ErrorInvalidRequest')]);
  expect(outcome).toMatchObject({
    responseCode: 400,
    message: expect.stringContaining('the draft of the reply'),
  });
  expect(created).toHaveLength(1);
});

test('answers that stay away end after as many attempts as other requests', async () => {
  const { outcome, created } = await replyAnswered(['lost', 'lost', 'lost', 'lost']);
  expect(outcome).toMatchObject({ name: 'GraphTransportError' });
  expect(created).toHaveLength(3);
});

test.each([
  ['no list', {}],
  ['a list of what has no id', { value: [{}] }],
])('%s of attachments is no answer of Graph', async (_, body) => {
  const { requests } = scriptedRequests(() => ({ status: 200, body }));
  await expect(makeOurs(requests, message, 'draft')).rejects.toMatchObject({
    code: 'ECONNECTION',
    ambiguous: true,
    message: expect.stringContaining('The list of attachments is not one of Graph.'),
  });
});

test.each([
  ['GET', 'the attachments of the reply'],
  ['DELETE', 'the request to delete an attachment of the old message'],
  ['PATCH', 'the content of the reply'],
])('a %s that is refused is named in the error', async (refused, what) => {
  const { requests, seen } = scriptedRequests(({ method }): Fate => {
    if (method === refused) return answer(400, 'ErrorInvalidRequest');
    const deleted = seen.some((request) => request.method === 'DELETE');
    return method === 'GET'
      ? { status: 200, body: { value: deleted ? [] : [{ id: 'a' }] } }
      : { status: 204 };
  });
  await expect(makeOurs(requests, message, 'draft')).rejects.toThrow(what);
});

test('each change of the draft is made again if its answer is lost', async () => {
  const lost = new Set<string>();
  const { requests, seen } = scriptedRequests(({ method }): Fate => {
    if (!lost.has(method)) {
      lost.add(method);
      return 'lost';
    }
    if (method === 'PATCH') return { status: 200, body: { id: 'draft' } };
    const deletions = seen.filter((request) => request.method === 'DELETE').length;
    return method === 'GET'
      ? { status: 200, body: { value: deletions > 1 ? [] : [{ id: 'a' }] } }
      : { status: 204 };
  });
  expect(await makeOurs(requests, message, 'draft')).toMatchObject({ id: 'draft' });
  expect(seen.map(({ method }) => method)).toEqual([
    'GET',
    'GET',
    'DELETE',
    'DELETE',
    'GET',
    'PATCH',
    'PATCH',
  ]);
});

test('what is no message is no answer to the change of a draft', async () => {
  const { requests } = scriptedRequests(({ method }) => ({
    status: 200,
    body: method === 'GET' ? { value: [] } : {},
  }));
  await expect(makeOurs(requests, message, 'draft')).rejects.toMatchObject({ code: 'ECONNECTION' });
});
