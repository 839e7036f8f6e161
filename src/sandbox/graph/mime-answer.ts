import type { Call } from '../http/delivery';
import { fileAnswer } from '../http/graph-answer';
import { composeEml } from '../mail/compose-eml';
import type { MailboxMessage } from '../mailbox/state';
import { idHeaders } from './message-answer';

/** A message as MIME. [rule: mime-of-message] */
export function mimeAnswer(message: MailboxMessage, request: Request, call: Call): Response {
  const { content, mailbox, createdAt, immutableId } = message;
  const eml = composeEml({
    ...content,
    id: immutableId,
    receivedAt: createdAt,
    mailbox: mailbox.userPrincipalName,
    requestId: call.requestId,
  });
  return fileAnswer(eml, 'text/plain', call, idHeaders(request));
}
