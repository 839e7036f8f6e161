import { parseJson } from '../graph/answer-error';
import { type Accepted, bufferBody } from '../graph/calls';
import { messagePath, messagesPath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import type { DraftContent } from './draft-content';
import { type MailboxMessage, toMailboxMessage } from './find-messages';
import { messageMark } from './message-mark';
import { isGone, isPassing, neverPassed, PASSING_ATTEMPTS } from './passing-state';
import { plainJson } from './request-bodies';

/*
 * No request asks for immutable ids. A message's usual id becomes invalid when it leaves its folder
 * (documented: concepts/outlook-immutable-id.md). That makes /send and DELETE by id conditional: they only find
 * a message that is still in Drafts. Exactly-once delivery depends on this.
 */

/**
 * Statuses that mean the same as 201 when Graph creates something: no record of the service shows which it
 * sends.
 */
export const LIKE_CREATED = [200];
/** The same for changing a message, documented as 200. */
export const LIKE_CHANGED = [201, 204];
/** Creates a draft. */
export async function postDraft(
  requests: MessageRequests,
  userId: string,
  { contentType, body }: DraftContent,
): Promise<MailboxMessage> {
  const accepted = await requests.call({
    method: 'POST',
    path: messagesPath(userId),
    what: 'the draft',
    expect: 201,
    alike: LIKE_CREATED,
    wantsBody: true,
    contentType,
    body,
    creates: true,
  });
  return toMailboxMessage(parseJson(accepted.body));
}

/**
 * Marks a draft as complete. MIME cannot include a mark, and a draft that is filled step by step is complete
 * only now.
 */
export async function markDraft(
  requests: MessageRequests,
  userId: string,
  id: string,
  mark: string,
): Promise<void> {
  await requests.call({
    method: 'PATCH',
    path: messagePath(userId, id),
    what: 'the mark on the draft',
    expect: 200,
    alike: LIKE_CHANGED,
    contentType: 'application/json',
    body: plainJson({ singleValueExtendedProperties: [messageMark(mark)] }),
    repeatable: true,
  });
}

/**
 * Sends a draft.
 *
 * @param repeatable whether no process deletes it, and Exchange only holds it, so a second request does no harm
 */
export function postSend(
  requests: MessageRequests,
  userId: string,
  id: string,
  repeatable = false,
): Promise<Accepted> {
  return requests.call({
    method: 'POST',
    path: `${messagePath(userId, id)}/send`,
    what: 'the message',
    expect: 202,
    body: bufferBody(Buffer.alloc(0)),
    sends: true,
    repeatable,
  });
}

/**
 * Deletes a draft, even if the send was aborted in the meantime.
 *
 * @returns `deleted` if it was still a draft, so it never was and never will be sent; `gone` if it had already
 *   left Drafts, in whatever way
 */
export async function deleteDraft(
  requests: MessageRequests,
  userId: string,
  id: string,
): Promise<'deleted' | 'gone'> {
  for (let attempt = 1; ; attempt++) {
    try {
      await requests.cleanUp({
        method: 'DELETE',
        path: messagePath(userId, id),
        what: 'the request to delete the draft',
        expect: 204,
      });
      return 'deleted';
    } catch (error) {
      if (isGone(error)) return 'gone';
      if (!isPassing(error)) throw error;
      if (attempt === PASSING_ATTEMPTS) throw neverPassed(error, attempt);
      await requests.cleanUpMoment(attempt);
    }
  }
}
