import type { GraphTransportError } from '../errors/graph-transport-error';
import type { Accepted } from '../graph/client';

/** What is known about a message that was sent. */
export interface Sent {
  /** `202 Accepted`, or what replaces it. */
  response: string;
  requestId: string | undefined;
  clientRequestId: string | undefined;
  /** Whether it had been sent before, by another call or another process. */
  deduplicated: boolean;
}

/** The result when Graph has accepted the message. */
export function accepted({ status, requestId, clientRequestId }: Accepted): Sent {
  return { response: `${status} Accepted`, requestId, clientRequestId, deduplicated: false };
}

/** The result when the answer was lost, and the mailbox shows that the request was carried out. */
export function sentUnanswered({ requestId, clientRequestId }: GraphTransportError): Sent {
  return { response: 'Sent, as the mailbox says', requestId, clientRequestId, deduplicated: false };
}

/** The result when another call or another process has sent the message. */
export function sentBefore(): Sent {
  return {
    response: 'Sent before, as the mailbox says',
    requestId: undefined,
    clientRequestId: undefined,
    deduplicated: true,
  };
}
