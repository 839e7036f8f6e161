import { throwIfGivenUp } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { postSend } from './draft-requests';
import type { DraftSending } from './make-draft';
import { readSchedule, type Schedule } from './outbox-requests';
import { isGone, untilPassed } from './passing-state';
import { accepted, type Sent, sentBefore, sentUnanswered } from './sent';
import type { SentItem } from './sent-info';

/** A message in Outbox, and what is known of it. */
export interface InOutbox {
  id: string;
  conversationId: string | undefined;
  /** Its time, if that was read; absent if it is the time that our own message asks for. */
  schedule?: Schedule;
  /** Whether the search has shown it, so another process may have told Graph to send it. */
  isFound: boolean;
}

/**
 * Has Exchange hold a message in Outbox, whichever process moved it there. Telling Graph again to send it does no harm.
 *
 * @param findCopy searches Sent Items, in case the message's time has come
 * @throws GraphTransportError if it is not known to be held. It is ambiguous, whatever failed
 */
export async function holdMessage(
  { requests, message, ledger }: DraftSending,
  { id, conversationId, schedule, isFound }: InOutbox,
  findCopy: () => Promise<SentItem | undefined>,
): Promise<Sent> {
  const { userId } = message;
  ledger.noteInOutbox(id);
  const read = () => readSchedule(requests, userId, id).catch(() => undefined);
  // The id leads nowhere once the message has been sent.
  const item = { id: undefined, conversationId, webLink: undefined };
  const before = isFound ? await read() : schedule;
  throwIfGivenUp(requests.signal);
  if (before?.isSubmitted) return sentBefore(item, before.sendAt);
  try {
    const sent = accepted(await untilPassed(requests, () => postSend(requests, userId, id, true)));
    if (!before) return sent;
    const isDue = sent.answeredAt !== undefined && (before.sendAt?.getTime() ?? 0) <= sent.answeredAt;
    return { ...sent, heldUntil: isDue ? undefined : before.sendAt };
  } catch (error) {
    if (!(error instanceof GraphTransportError)) throw error;
    const now = await read();
    throwIfGivenUp(requests.signal);
    if (now?.isSubmitted) return sentUnanswered(error, item, now.sendAt);
    const copy = isGone(error) || outcomeOf(error) === 'unknown' ? await findCopy() : undefined;
    if (!copy) throw error;
    return sentUnanswered(error, copy);
  }
}
