import { throwIfGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { MessageRequests } from '../graph/message-requests';
import type { DraftMessage } from './draft-content';
import { DraftLedger } from './draft-ledger';
import { sendExactlyOnce } from './exactly-once';
import { LOOKS } from './lagging-search';
import { MailboxSearch } from './mailbox-search';
import { type DraftSending, makeDraft } from './make-draft';
import { hasDraftMark } from './message-mark';
import { untilPassed } from './passing-state';
import { accepted, type Sent, sentUnanswered } from './sent';
import type { SentItem } from './sent-info';

/**
 * Sends a message as a draft: creates it, adds its attachments, sends it, and leaves nothing else behind.
 *
 * @throws GraphTransportError if a step fails. Either nothing was sent and the draft is deleted, or the error
 *   is ambiguous. It names a draft that may be left
 */
export async function sendDraft(
  requests: MessageRequests,
  message: DraftMessage,
): Promise<
  Sent & { leftDraftId: string | undefined; mayLeaveDraft: boolean; serverMessageId: string | undefined }
> {
  const search = new MailboxSearch(requests, message.userId, message.marks.message !== undefined);
  const ledger = new DraftLedger(requests, message, search);
  const sending = { requests, message, ledger, search };
  try {
    const sent = await (message.marks.message === undefined
      ? sendAtMostOnce(sending)
      : sendExactlyOnce(sending, message.marks.message));
    const serverMessageId = sent.deduplicated ? undefined : ledger.serverMessageId;
    return {
      ...sent,
      sentItem: sent.sentItem ?? ledger.sentItem,
      leftDraftId: ledger.left,
      mayLeaveDraft: ledger.mayLeaveUnknown,
      serverMessageId,
    };
  } catch (error) {
    throw await ledger.failure(error);
  }
}

async function sendAtMostOnce(sending: DraftSending): Promise<Sent> {
  const { requests, ledger } = sending;
  const draft = await makeDraft(sending);
  throwIfGivenUp(requests.signal);
  if (draft === undefined) throw new Error('no other process knows of a draft that is sent at most once');
  let sent: Sent;
  try {
    sent = accepted(await untilPassed(requests, () => ledger.send(draft)));
  } catch (error) {
    // If a draft is gone after a /send, that request may have sent it, whatever its answer was.
    if (!(error instanceof GraphTransportError && ledger.mayBeSent)) throw error;
    // A held message has no copy yet, and its draft looks the same whether it is held or not.
    if (sending.message.marks.schedule) throw error;
    // The draft's own mark distinguishes its copy in Sent Items from any other message.
    const copy = await findCopy(sending);
    if (!copy) throw error;
    sent = sentUnanswered(error, copy);
  }
  await ledger.tidy();
  return sent;
}

async function findCopy({ requests, message, search }: DraftSending): Promise<SentItem | undefined> {
  for (let look = 1; look <= LOOKS; look++) {
    await requests.moment(look);
    const found = await search.find(hasDraftMark(message.marks.draft)).catch(() => undefined);
    if (found?.sent) return found.sent;
  }
  return undefined;
}
