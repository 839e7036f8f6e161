import { sendMailPath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import type { SendMailRequest } from './send-mail-request';
import { accepted, type Sent } from './sent';

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
  const answer = await requests.call({
    method: 'POST',
    path: sendMailPath(userId),
    what: 'the message',
    expect: 202,
    sends: true,
    ...request,
  });
  return accepted(answer);
}
