import { alteredError, GraphTransportError, outcomeOf } from '../errors';
import { throwIfGivenUp } from '../given-up';
import { messagePath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import { addAttachment } from './add-attachment';
import { deleteDraft, findMarked, isSent, markDraft, postDraft, postSend } from './draft';
import type { DraftContent } from './draft-content';
import { deleteOthers, earlierThan, type Standing } from './earlier-message';
import { MAX_REQUEST_BYTES } from './limits';
import { SpoiledDraftError } from './upload-session';

/** A message that goes by way of a draft. */
export interface DraftMessage {
  userId: string;
  content: DraftContent;
  /** The mark that is in the content, or is to be put on it. */
  mark: string;
  /**
   * Whether the mark stands for the message rather than for this draft: then one that was sent, or left,
   * with the same mark is this message, and an unknown outcome is settled instead of reported.
   */
  exactlyOnce: boolean;
  /** Bytes of the message, had it gone in one request; for errors. */
  bytes: number;
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** What the mailbox says of a message that was sent. */
export interface Sent {
  /** `202 Accepted`, or what stands in its place. */
  response: string;
  requestId: string | undefined;
  clientRequestId: string | undefined;
  /** Whether it had been sent before, by another call or another process. */
  deduplicated: boolean;
}

/** How often the mailbox is asked whether it has sent a draft, when nobody said so. */
const SETTLE_ATTEMPTS = 5;

/**
 * Sends a message by way of a draft: create it, add its attachments one after the other, send it.
 *
 * @throws GraphTransportError when a step fails; nothing was sent then, and the draft is deleted, or named
 *   in the error when that fails too. An ambiguous one is of the last step, and leaves the draft alone
 */
export async function sendDraft(requests: MessageRequests, message: DraftMessage): Promise<Sent> {
  try {
    return await sendOneDraft(requests, message);
  } catch (error) {
    // That draft is deleted and nothing was sent: a fresh one has every chance.
    if (error instanceof SpoiledDraftError && error.draftId === undefined) {
      return sendOneDraft(requests, message);
    }
    throw error;
  }
}

async function sendOneDraft(requests: MessageRequests, message: DraftMessage): Promise<Sent> {
  const { userId, exactlyOnce } = message;
  const own = await createDraft(requests, message);
  let standing: Standing = { is: 'own', id: own, hasOthers: false };
  try {
    if (exactlyOnce) standing = await earlierThan(requests, message, own);
    if (standing.is === 'own') {
      await fill(requests, message, own);
      // Uploading takes its time, in which another process may have come to the end.
      if (exactlyOnce && message.content.added.length > 0)
        standing = await earlierThan(requests, message, own);
    }
    if (standing.is !== 'own') await deleteDraft(requests, userId, own).catch(() => undefined);
    throwIfGivenUp(requests.signal);
  } catch (error) {
    const failure = await withoutDraft(requests, userId, own, error);
    if (!exactlyOnce || !isGone(failure)) throw failure;
    // Another process is at the same message and has done away with this draft.
    if ((await settle(requests, message, own)) !== 'nobody') return sentBefore();
    throw alteredError(failure, { outcome: 'not-accepted' });
  }
  if (standing.is === 'sent') return sentBefore();
  const sent = await send(requests, message, standing.id, standing.is === 'own');
  if (standing.hasOthers) await deleteOthers(requests, message, standing.id);
  return sent;
}

function isGone(error: unknown): error is GraphTransportError {
  return error instanceof GraphTransportError && error.responseCode === 404;
}

async function createDraft(requests: MessageRequests, message: DraftMessage): Promise<string> {
  const { userId, content, mark } = message;
  for (let attempt = 1; ; attempt++) {
    try {
      const id = await postDraft(requests, userId, content);
      if (content.isMime) await markNewDraft(requests, message, id);
      return id;
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      if (outcomeOf(error) !== 'unknown') throw explained(error, message);
      // The answer was lost: the draft may be there, and is as good as one that was answered.
      const found = await findMarked(requests, userId, mark).catch(() => []);
      const [draft] = found.filter(({ isDraft }) => isDraft);
      if (draft && !message.exactlyOnce) return draft.id;
      if (!(await requests.retry(error, attempt, true))) throw notSent(error);
    }
  }
}

async function markNewDraft(
  requests: MessageRequests,
  { userId, mark }: DraftMessage,
  id: string,
): Promise<void> {
  try {
    await markDraft(requests, userId, id, mark);
  } catch (error) {
    throw await withoutDraft(requests, userId, id, error);
  }
}

async function fill(
  requests: MessageRequests,
  { userId, content, onProgress }: DraftMessage,
  id: string,
): Promise<void> {
  const target = { requests, draftPath: messagePath(userId, id), onProgress };
  for (const attachment of content.added) await addAttachment(attachment, target);
}

async function send(
  requests: MessageRequests,
  message: DraftMessage,
  id: string,
  isOwn: boolean,
): Promise<Sent> {
  const { userId, exactlyOnce } = message;
  for (let attempt = 1; ; attempt++) {
    try {
      const { status, requestId, clientRequestId } = await postSend(requests, userId, id);
      return { response: `${status} Accepted`, requestId, clientRequestId, deduplicated: false };
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      const isUnknown = outcomeOf(error) === 'unknown';
      // A draft that another process has sent, or deleted since it has sent its own, is refused too.
      const by = isUnknown || exactlyOnce ? await settle(requests, message, id) : 'nobody';
      if (by === 'us' && isOwn) return sentUnanswered(error);
      if (by !== 'nobody') return sentBefore();
      if (!isUnknown) throw isOwn ? await withoutDraft(requests, userId, id, error) : error;
      // The mailbox sends a draft once, however often it is told to: it is one no more then.
      const again = exactlyOnce && (await requests.retry(error, attempt, true));
      if (!again) throw alteredError(error, { draftId: id });
    }
  }
}

/** Asks the mailbox who has sent the message: this draft, another one, or nobody as far as it says. */
async function settle(
  requests: MessageRequests,
  { userId, mark, exactlyOnce }: DraftMessage,
  id: string,
): Promise<'us' | 'another' | 'nobody'> {
  for (let attempt = 1; attempt <= SETTLE_ATTEMPTS; attempt++) {
    try {
      await requests.moment(attempt);
      if (await isSent(requests, userId, id)) return 'us';
      const marked = exactlyOnce ? await findMarked(requests, userId, mark) : [];
      if (marked.some(({ isDraft }) => !isDraft)) return 'another';
    } catch {
      return 'nobody';
    }
  }
  return 'nobody';
}

function sentUnanswered({ requestId, clientRequestId }: GraphTransportError): Sent {
  return { response: 'Sent, as the mailbox says', requestId, clientRequestId, deduplicated: false };
}

function sentBefore(): Sent {
  return {
    response: 'Sent before, as the mailbox says',
    requestId: undefined,
    clientRequestId: undefined,
    deduplicated: true,
  };
}

/** A refusal of the draft is nearly always the missing second permission, of which Graph says nothing. */
function explained(error: GraphTransportError, { bytes, exactlyOnce }: DraftMessage): GraphTransportError {
  if (error.responseCode !== 403) return error;
  const [who, why] = exactlyOnce
    ? ["delivery: 'exactly-once' needs", 'Messages that are to be delivered exactly once need']
    : [`a message of ${bytes} bytes needs`, `Messages over ${MAX_REQUEST_BYTES} bytes need`];
  return alteredError(error, {
    code: 'EAUTH',
    message: `Graph did not let the app make a draft, which ${who}: ${error.response}.`,
    hint: `${why} the application permission Mail.ReadWrite beside Mail.Send: add it to the app registration under API permissions and grant admin consent, or give the app "Application Mail.ReadWrite" in Exchange. Nothing was sent.`,
    cause: error,
  });
}

/** A failure before the message was told to be sent is none to be unsure about. */
function notSent(error: GraphTransportError): GraphTransportError {
  return error.ambiguous ? alteredError(error, { outcome: 'not-accepted' }) : error;
}

/** Deletes the draft and gives the error to throw, which names the draft if it is still there. */
async function withoutDraft(
  requests: MessageRequests,
  userId: string,
  draftId: string,
  error: unknown,
): Promise<unknown> {
  const failure = error instanceof GraphTransportError ? notSent(error) : error;
  try {
    await deleteDraft(requests, userId, draftId);
    return failure;
  } catch {
    const failed =
      failure instanceof GraphTransportError
        ? failure
        : new GraphTransportError('EMESSAGE', `The message cannot be sent: ${String(failure)}.`, {
            cause: failure,
          });
    return alteredError(failed, {
      message: failed.message,
      hint: `The draft could not be deleted and stays in the mailbox's Drafts: ${draftId}.`,
      draftId,
      cause: failed,
    });
  }
}
