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
    (error: Error) => error.message,
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
  expect(outcome).toContain('The attachments of the old message cannot be deleted.');
  expect(lines).not.toContain('PATCH /messages/draft');
  expect(lines.filter((asked) => asked.startsWith('GET'))).toHaveLength(30);
});
