import { GraphTransportError } from '../errors';
import type { Accepted, GraphClient } from '../graph/client';
import { sendMailPath } from '../graph/endpoints';
import type { GraphMessage } from '../message/graph-message';
import { MAX_REQUEST_BYTES } from './limits';

/**
 * Sends a message as JSON, in one request.
 *
 * @throws GraphTransportError `EMESSAGE`, before anything is sent, when it is over the size that Graph takes
 */
export async function sendJson(
  client: GraphClient,
  userId: string,
  message: GraphMessage,
  saveToSentItems: boolean,
): Promise<Accepted> {
  const body = Buffer.from(JSON.stringify({ message, saveToSentItems }));
  if (body.length > MAX_REQUEST_BYTES) {
    throw new GraphTransportError(
      'EMESSAGE',
      `The message is too large for Graph's sendMail: it makes a request of ${body.length} bytes, and at most ${MAX_REQUEST_BYTES} are taken.`,
      { hint: 'Nothing was sent. Make the attachments smaller, or send links to them.' },
    );
  }
  return client.post(sendMailPath(userId), 'application/json', body);
}
