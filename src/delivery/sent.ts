import type { GraphTransportError } from '../errors/graph-transport-error';
import type { Accepted } from '../graph/calls';
import type { SentItem } from './sent-info';

/** What is known about a message that was sent. */
export interface Sent {
  /** `202 Accepted`, or what replaces it. */
  response: string;
  requestId: string | undefined;
  clientRequestId: string | undefined;
  /** When Graph accepted it, by Graph's clock, in milliseconds since 1970, if the answer says so. */
  answeredAt?: number | undefined;
  /** Whether it had been sent before, by another call or another process. */
  deduplicated: boolean;
  /** The copy in Sent Items, if the mailbox has shown it. */
  sentItem: SentItem | undefined;
  /**
   * When Exchange will send it, as far as the mailbox was asked, and undefined if it has been sent. Absent if the mailbox
   * did not have to be asked.
   */
  heldUntil?: Date | undefined;
}

/** The result when Graph has accepted the message. */
export function accepted({ status, requestId, clientRequestId, date }: Accepted): Sent {
  const response = `${status} Accepted`;
  return {
    response,
    requestId,
    clientRequestId,
    answeredAt: date,
    deduplicated: false,
    sentItem: undefined,
  };
}

/** The result when the answer was lost, and the mailbox shows that the request was carried out. */
export function sentUnanswered(
  { requestId, clientRequestId }: GraphTransportError,
  sentItem: SentItem,
  heldUntil?: Date,
): Sent {
  const response = `${heldUntil ? 'Scheduled' : 'Sent'}, as the mailbox says`;
  return { response, requestId, clientRequestId, deduplicated: false, sentItem, heldUntil };
}

/** The result when another call or another process has sent the message. */
export function sentBefore(sentItem: SentItem, heldUntil?: Date): Sent {
  return {
    response: `${heldUntil ? 'Scheduled' : 'Sent'} before, as the mailbox says`,
    requestId: undefined,
    clientRequestId: undefined,
    deduplicated: true,
    sentItem,
    heldUntil,
  };
}
