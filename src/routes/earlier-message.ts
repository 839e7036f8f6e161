import type { MessageRequests } from '../graph/message-requests';
import { attachmentNames, deleteDraft, findMarked, type StoredMessage } from './draft';
import type { DraftMessage } from './send-draft';

/** Which message is the one to send: our own draft, one that was left by another process, or none any more. */
export type Standing =
  | {
      is: 'own' | 'left';
      id: string;
      /** Whether there are drafts of the same message beside it. */
      hasOthers: boolean;
    }
  | { is: 'sent' };

/** How often the mailbox is asked for a draft that it does not find at once. */
const LOOKS = 5;

/**
 * Looks whether the same message was sent before, or left as a draft. Our own draft has to be among what is
 * found: a mailbox that does not find it would not find another one of a moment ago either.
 *
 * Of two processes that make drafts of one message at the same time, one at least sees both, and both prefer
 * the same one. The mailbox sends a draft once, whoever tells it to.
 */
export async function earlierThan(
  requests: MessageRequests,
  message: DraftMessage,
  own: string,
): Promise<Standing> {
  const found = await findAll(requests, message, own);
  const others = found.filter(({ isDraft, id }) => isDraft && id !== own);
  if (found.some(({ isDraft }) => !isDraft)) {
    await deleteDrafts(requests, message.userId, others);
    return { is: 'sent' };
  }
  return chooseDraft(requests, message, { own, ours: found.find(({ id }) => id === own), others });
}

/**
 * Deletes the drafts of a message that was sent, as `id` or otherwise. Not before: to delete a draft that its
 * process is just sending would delete the copy in Sent Items, by which others know that it was sent.
 */
export async function deleteOthers(
  requests: MessageRequests,
  { userId, mark }: DraftMessage,
  id: string,
): Promise<void> {
  const found = await findMarked(requests, userId, mark).catch(() => []);
  await deleteDrafts(
    requests,
    userId,
    found.filter((other) => other.isDraft && other.id !== id),
  );
}

/** A process that is still at one of them finds that the message was sent. */
async function deleteDrafts(
  requests: MessageRequests,
  userId: string,
  drafts: StoredMessage[],
): Promise<void> {
  for (const { id } of drafts) await deleteDraft(requests, userId, id).catch(() => undefined);
}

/** The oldest draft that is whole; ours, when there is no older one. */
async function chooseDraft(
  requests: MessageRequests,
  message: DraftMessage,
  { own, ours, others }: { own: string; ours: StoredMessage | undefined; others: StoredMessage[] },
): Promise<Standing> {
  const older = others.filter((other) => !ours || isOlder(other, ours));
  for (const { id } of older.sort((one, other) => (isOlder(one, other) ? -1 : 1))) {
    // One that is not whole has been sent by nobody.
    if (await isWhole(requests, message, id)) return { is: 'left', id, hasOthers: true };
  }
  return { is: 'own', id: own, hasOthers: others.length > 0 };
}

async function findAll(
  requests: MessageRequests,
  { userId, mark }: DraftMessage,
  own: string,
): Promise<StoredMessage[]> {
  for (let attempt = 1; ; attempt++) {
    const found = await findMarked(requests, userId, mark);
    if (found.some(({ id }) => id === own) || attempt === LOOKS) return found;
    await requests.moment(attempt);
  }
}

async function isWhole(
  requests: MessageRequests,
  { userId, content }: DraftMessage,
  id: string,
): Promise<boolean> {
  // All of it was in the one request that made it.
  if (content.added.length === 0) return true;
  const names = await attachmentNames(requests, userId, id);
  return names.length === content.attachmentNames.length;
}

function isOlder(one: StoredMessage, other: StoredMessage): boolean {
  return `${one.createdDateTime} ${one.id}` < `${other.createdDateTime} ${other.id}`;
}
