import type { Call } from './call';
import { GraphRefusal } from './graph-answer';
import { checkSendAs } from './mailboxes';
import { checkRecipients, requireRecipients } from './recipients';
import type { MessageContent, ReadMessage, SandboxMessage } from './sandbox-message';
import type { SandboxMailbox, SandboxSettings } from './settings';

/** The rules for a message that is to go out, whichever way it came into the mailbox. @throws GraphRefusal */
export function submit(
  mailbox: SandboxMailbox,
  { content, claimedSenders }: ReadMessage,
  settings: SandboxSettings,
  { requestId, clientRequestId, receivedAt }: Call,
): Omit<SandboxMessage, 'id'> {
  const { limits } = settings;
  requireRecipients(content);
  checkRecipients(content, limits.recipients);
  checkSendAs(mailbox, claimedSenders, settings);
  checkMessageSize(content, limits.messageBytes);
  return { receivedAt, mailbox: mailbox.userPrincipalName, requestId, clientRequestId, ...content };
}

function checkMessageSize({ body, attachments }: MessageContent, limitBytes: number): void {
  const bodyBytes = Buffer.byteLength(body.content);
  const sizeBytes = attachments.reduce((sum, { size }) => sum + size, bodyBytes);
  if (sizeBytes <= limitBytes) return;
  throw new GraphRefusal(
    413,
    'ErrorMessageSizeExceeded',
    `The message has ${sizeBytes} bytes, which exceeds the maximum of ${limitBytes}.`,
  );
}
