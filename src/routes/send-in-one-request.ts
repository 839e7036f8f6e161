import { sendMailPath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import type { Sent } from './send-draft';
import type { SendMailRequest } from './send-mail-request';

/**
 * Sends a message in one request.
 *
 * @throws GraphTransportError, ambiguous when the message may have been sent all the same
 */
export async function sendInOneRequest(
  requests: MessageRequests,
  userId: string,
  request: SendMailRequest,
): Promise<Sent> {
  const { status, requestId, clientRequestId } = await requests.call({
    method: 'POST',
    path: sendMailPath(userId),
    what: 'the message',
    expect: 202,
    sends: true,
    ...request,
  });
  return { response: `${status} Accepted`, requestId, clientRequestId, deduplicated: false };
}
