import { startTimer } from '../clock';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { onAbort } from '../errors/signal';
import { bufferBody } from '../graph/calls';
import { messagePath } from '../graph/endpoints';
import { MessageRequests, type MessageRequestsOptions } from '../graph/message-requests';
import { isNationalEndpoint } from '../options/clouds';
import { isForWantOfPermission } from './draft-failure';
import { findMessages, type MailboxMessage } from './find-messages';
import { hasDraftMark, hasMessageId } from './message-mark';
import { isGone, isPassing } from './passing-state';

/** How to tell the copy of a message from every other message in Sent Items. */
export type CopyMark =
  | { by: 'draft'; mark: string }
  /** MIME carries no mark of ours. `sentAfter`: when sending began by Graph's clock, in milliseconds since 1970. */
  | { by: 'message-id'; messageId: string; sentAfter: number };

/** The longest time that `sendMail` waits for the copy to be deleted. Our choice. */
const MAX_WAIT_MS = 5000;
/** The pauses before each look at Sent Items. How long Exchange takes to file a copy is not documented. */
const PAUSES_MS = [0, 500, 500, 1000, 2000];

const NEVER_SHOWN = 'Sent Items did not show it in time';

/**
 * Deletes the copy that Exchange has put into Sent Items. The message is sent by then, so nothing here throws.
 *
 * A copy is deleted only if no other message could be meant: of several that match, all stay.
 *
 * @returns why the copy may still be there; undefined if it is not
 */
export async function deleteSentCopy(
  copy: CopyMark,
  userId: string,
  options: MessageRequestsOptions,
): Promise<string | undefined> {
  const { clock, policy, signal } = options;
  const over = new AbortController();
  const stopListening = onAbort(signal, () => over.abort(signal?.reason));
  const stopTimer = startTimer(clock, MAX_WAIT_MS, () => over.abort());
  const endsAt = clock.now() + MAX_WAIT_MS;
  // Looking again is all the retrying there is: a mailbox that throttles is not to wait for this.
  const once = { ...policy, attempts: 1 };
  const requests = new MessageRequests({ ...options, policy: once, signal: over.signal });
  let why = NEVER_SHOWN;
  let retryAfterMs = 0;
  let mayBeDeleted = false;
  try {
    for (const pauseMs of PAUSES_MS) {
      const waitMs = Math.max(pauseMs, retryAfterMs);
      if (clock.now() + waitMs >= endsAt) return why;
      await clock.sleep(waitMs, over.signal);
      retryAfterMs = 0;
      let isDeleting = false;
      try {
        const [found, another] = await copiesOf(copy, userId, requests);
        if (another) return 'several messages in Sent Items could be it';
        if (found === undefined) {
          if (mayBeDeleted) return undefined;
          why = NEVER_SHOWN;
          continue;
        }
        isDeleting = true;
        await deleteForGood(found.id, userId, requests);
        return undefined;
      } catch (error) {
        if (signal?.aborted) return 'the send was ended before it was deleted';
        if (over.signal.aborted) return 'Graph did not answer in time';
        if (!isGone(error) && isForWantOfPermission(error)) {
          return 'deleting it needs the application permission Mail.ReadWrite';
        }
        why = reasonOf(error);
        // Sent Items tells whether a copy that was not found by its id, or a request without an answer, is gone.
        mayBeDeleted ||= isDeleting && (isGone(error) || outcomeOf(error) === 'unknown');
        if (outcomeOf(error) === 'refused' && !isGone(error) && !isPassing(error)) return why;
        retryAfterMs = error instanceof GraphTransportError ? (error.retryAfter ?? 0) : 0;
      }
    }
    return why;
  } finally {
    stopTimer();
    stopListening();
  }
}

async function copiesOf(
  copy: CopyMark,
  userId: string,
  requests: MessageRequests,
): Promise<MailboxMessage[]> {
  const filter = copy.by === 'draft' ? hasDraftMark(copy.mark) : hasMessageId(copy.messageId);
  const { messages } = await findMessages(requests, userId, filter, { folder: 'sentitems', withTime: true });
  const sent = messages.filter(({ isDraft }) => !isDraft);
  if (copy.by === 'draft') return sent;
  // Times are shown in whole seconds. Graph's search ignores the case of a Message-ID.
  const earliest = Math.floor(copy.sentAfter / 1000) * 1000;
  return sent.filter(({ messageId, sentAt = 0 }) => messageId === copy.messageId && sentAt >= earliest);
}

/**
 * Only the global cloud has permanentDelete (documented: api-reference/v1.0/api/message-permanentdelete.md).
 * DELETE takes the copy out of Sent Items, too; whether to Deleted Items is not documented.
 */
async function deleteForGood(id: string, userId: string, requests: MessageRequests): Promise<void> {
  const path = messagePath(userId, id);
  const what = 'the request to delete the copy in Sent Items';
  await requests.call(
    isNationalEndpoint(requests.endpoint)
      ? { method: 'DELETE', path, what, expect: 204 }
      : {
          method: 'POST',
          path: `${path}/permanentDelete`,
          what,
          expect: 204,
          body: bufferBody(Buffer.alloc(0)),
        },
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof GraphTransportError)) return 'deleting it failed';
  const { responseCode, graphCode, code } = error;
  if (responseCode === undefined) return `deleting it failed with ${code}`;
  return `Graph answered ${[responseCode, graphCode].filter(Boolean).join(' ')}`;
}
