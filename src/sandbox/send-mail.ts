import { randomUUID } from 'node:crypto';
import type { Call } from './call';
import { GraphRefusal } from './graph-answer';
import { readJsonMessage } from './json-message';
import { checkSendAs, findMailbox } from './mailboxes';
import { readMimeMessage } from './mime-message';
import { readBody } from './read-body';
import { checkRecipients } from './recipients';
import type { SandboxMessage } from './sandbox-message';
import type { SandboxSettings } from './settings';
import { tooLarge } from './too-large';

/** One sendMail of a caller that may send: the checks after the token's, in the order of the service. */
export async function sendMail(
  request: Request,
  user: string,
  { limits, mailboxes }: SandboxSettings,
  call: Call,
): Promise<SandboxMessage> {
  const body = await readBody(request, limits.requestBytes);
  if (body === undefined) {
    throw tooLarge(
      `The maximum request length supported is 4MB. The sandbox takes ${limits.requestBytes} bytes.`,
    );
  }
  const readMessage = readerFor(request.headers.get('content-type') ?? '');
  const mailbox = findMailbox(mailboxes, user);
  const { content, claimedSenders } = await readMessage(body, mailbox, limits);
  checkRecipients(content, limits.recipients);
  checkSendAs(mailbox, claimedSenders);
  const { requestId, clientRequestId, receivedAt } = call;
  return {
    id: randomUUID(),
    receivedAt,
    mailbox: mailbox.userPrincipalName,
    requestId,
    clientRequestId,
    ...content,
  };
}

function readerFor(contentType: string): typeof readJsonMessage | typeof readMimeMessage {
  const [mediaType = ''] = contentType.split(';');
  switch (mediaType.trim().toLowerCase()) {
    case 'application/json':
      return readJsonMessage;
    case 'text/plain':
      return readMimeMessage;
    default:
      throw new GraphRefusal(
        415,
        'RequestBodyRead',
        `sendMail takes the content type application/json, or text/plain for MIME, not '${contentType}'.`,
      );
  }
}
