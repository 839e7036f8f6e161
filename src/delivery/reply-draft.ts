import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { parseJson, property } from '../graph/answer-error';
import { isId, messagePath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import type { DraftMessage } from './draft-content';
import { isForWantOfPermission, NoThreadError } from './draft-failure';
import type { DraftLedger } from './draft-ledger';
import { LIKE_CHANGED, LIKE_CREATED } from './draft-requests';
import { findMessages, type MailboxMessage, toMailboxMessage } from './find-messages';
import { hasMessageId } from './message-mark';
import { isGone, untilPassed } from './passing-state';
import { plainJson } from './request-bodies';

/** A page holds at least ten attachments, and a message at most 250 (documented). */
const MAX_LISTS = 30;

/**
 * Creates the draft of a reply to a message in any folder (documented: message-createreply.md).
 *
 * @throws NoThreadError if there is no such message, or the app may not make the draft
 */
export async function createReplyDraft(
  { requests, message, ledger }: { requests: MessageRequests; message: DraftMessage; ledger: DraftLedger },
  { messageId, toAll }: NonNullable<DraftMessage['reply']>,
): Promise<string> {
  const { userId } = message;
  for (let attempt = 1; ; attempt++) {
    try {
      const original = await findOriginal(requests, userId, messageId);
      return await untilPassed(
        requests,
        () => ledger.create(() => postReply(requests, userId, original, toAll)),
        { named: 'mailbox' },
      );
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      if (attempt === 1 && isForWantOfPermission(error)) {
        throw new NoThreadError('the app lacks the permission Mail.ReadWrite', { cause: error });
      }
      if (attempt === 1 && isGone(error)) throw new NoThreadError(NOT_FOUND, { cause: error });
      if (outcomeOf(error) !== 'unknown') throw error;
      if (!(await requests.retry(error, attempt, true))) throw error;
    }
  }
}

const NOT_FOUND = 'the message was not found in the mailbox';

async function findOriginal(requests: MessageRequests, userId: string, messageId: string): Promise<string> {
  const { messages } = await findMessages(requests, userId, hasMessageId(messageId), { withTime: true });
  // Graph's search ignores case, in which Message-IDs may differ.
  const original = messages.find((found) => !found.isDraft && (found.messageId ?? messageId) === messageId);
  if (original === undefined) throw new NoThreadError(NOT_FOUND);
  return original.id;
}

async function postReply(
  requests: MessageRequests,
  userId: string,
  original: string,
  toAll: boolean,
): Promise<MailboxMessage> {
  const { body } = await requests.call({
    method: 'POST',
    path: `${messagePath(userId, original)}/${toAll ? 'createReplyAll' : 'createReply'}`,
    what: 'the draft of the reply',
    expect: 201,
    alike: LIKE_CREATED,
    wantsBody: true,
    check: (answer) => toMailboxMessage(parseJson(answer)),
    contentType: 'application/json',
    body: plainJson({}),
    creates: true,
  });
  return toMailboxMessage(parseJson(body));
}

/** Puts our content in the place of all that the draft of a reply has from the old message. */
export async function makeOurs(
  requests: MessageRequests,
  { userId, content }: DraftMessage,
  id: string,
): Promise<MailboxMessage> {
  await removeAttachments(requests, userId, id);
  const { contentType, body } = content;
  const changed = await untilPassed(requests, () =>
    requests.call({
      method: 'PATCH',
      path: messagePath(userId, id),
      what: 'the content of the reply',
      expect: 200,
      alike: LIKE_CHANGED,
      wantsBody: true,
      check: (answer) => toMailboxMessage(parseJson(answer)),
      contentType,
      body,
      repeatable: true,
    }),
  );
  return toMailboxMessage(parseJson(changed.body));
}

/** Deletes the attachments that the draft has, inline ones too, until a list of them is empty. */
async function removeAttachments(requests: MessageRequests, userId: string, id: string): Promise<void> {
  const path = `${messagePath(userId, id)}/attachments`;
  for (let list = 1; list <= MAX_LISTS; list++) {
    const { body } = await untilPassed(requests, () =>
      requests.call({
        method: 'GET',
        path: `${path}?$select=id`,
        what: 'the attachments of the reply',
        expect: 200,
        wantsBody: true,
        check: attachmentIds,
        repeatable: true,
      }),
    );
    const ids = attachmentIds(body);
    if (ids.length === 0) return;
    for (const attachment of ids) {
      await requests
        .call({
          method: 'DELETE',
          path: `${path}/${encodeURIComponent(attachment)}`,
          what: 'the request to delete an attachment of the old message',
          expect: 204,
          repeatable: true,
        })
        // If it is still there, the next list shows it.
        .catch((error: unknown) => {
          if (!isGone(error)) throw error;
        });
    }
  }
  throw new GraphTransportError('ECONNECTION', 'The attachments of the old message cannot be deleted.', {
    outcome: 'not-accepted',
  });
}

function attachmentIds(answer: string): string[] {
  const value = property(parseJson(answer), 'value');
  const ids = Array.isArray(value)
    ? value.map((attachment: unknown) => property(attachment, 'id'))
    : [undefined];
  return ids.map((id) => {
    if (isId(id)) return id;
    throw new GraphTransportError('ECONNECTION', 'The list of attachments is not one of Graph.', {
      outcome: 'unknown',
    });
  });
}
