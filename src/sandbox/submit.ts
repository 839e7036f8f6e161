import type { Call } from './call';
import { checkSendAs } from './mailboxes';
import { checkAttachmentCount, checkHeaderSize } from './message-bounds';
import { checkMessageSize } from './message-size';
import { checkRecipients, requireRecipients } from './recipients';
import type { ReadMessage, SandboxMessage } from './sandbox-message';
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
  checkMessageSize(content, mailbox, limits);
  checkAttachmentCount(content.attachments.length, limits);
  checkHeaderSize(content, limits);
  return { receivedAt, mailbox: mailbox.userPrincipalName, requestId, clientRequestId, ...content };
}
