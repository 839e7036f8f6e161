import type { Call } from '../call';
import type { ReadMessage, SandboxMessage } from '../mail/message';
import { checkAttachmentCount, checkHeaderSize } from '../mail/message-bounds';
import { checkMessageSize } from '../mail/message-size';
import { checkRecipients, requireRecipients } from '../mail/recipients';
import type { SandboxMailbox, SandboxSettings } from '../settings';
import { checkSendAs } from './mailboxes';

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
