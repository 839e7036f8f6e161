import { GraphTransportError } from '../errors/graph-transport-error';
import { spelling } from '../errors/service-codes/service-code';
import { sendMailPath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import type { SendMailRequest } from './request-bodies';
import { accepted, type Sent } from './sent';

/**
 * Sends a message in one request.
 *
 * @param savesCopy whether the request asks for a copy in Sent Items that it could do without
 * @throws GraphTransportError, ambiguous if the message may have been sent
 */
export async function sendInOneRequest(
  requests: MessageRequests,
  userId: string,
  request: SendMailRequest,
  savesCopy: boolean,
): Promise<Sent> {
  try {
    const answer = await requests.call({
      method: 'POST',
      path: sendMailPath(userId),
      what: 'the message',
      expect: 202,
      sends: true,
      ...request,
    });
    return accepted(answer);
  } catch (error) {
    throw savesCopy && isForWantOfRoom(error) ? withoutCopy(error) : error;
  }
}

const NO_ROOM = new Set(['ErrorQuotaExceeded', 'quotaLimitReached'].map(spelling));

function isForWantOfRoom(error: unknown): error is GraphTransportError {
  return error instanceof GraphTransportError && NO_ROOM.has(spelling(error.graphCode ?? ''));
}

function withoutCopy(error: GraphTransportError): GraphTransportError {
  const hint = `${error.hint ?? ''} With saveToSentItems: false, no copy takes up space.`.trim();
  return error.with({ hint });
}
