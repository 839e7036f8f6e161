import type { Call } from '../http/delivery';
import type { PathValues } from '../http/route';
import { checkRecipients } from '../mail/check-message';
import type { MessageContent, SandboxAddress } from '../mail/message';
import { findMessage, newMessage } from '../mailbox/messages';
import type { MailboxMessage, MailboxState } from '../mailbox/state';
import { findMailbox } from '../tenant/mailboxes';
import { idKind } from './message-answer';
import { readReplyBody, withReplyBody } from './reply-body';

const IN_REPLY_TO = 'String 0x1042';
const REFERENCES = 'String 0x1039';

/**
 * The draft of a reply to one message, which is in no list yet.
 * [rule: reply-draft] [rule: reply-all-draft] [rule: reply-conversation] [rule: reply-attachments]
 */
export async function createReply(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
  { call, toAll }: { call: Call; toAll: boolean },
): Promise<MailboxMessage> {
  const said = await readReplyBody(request, findMailbox(state.settings, user), state);
  const original = findMessage(state, user, messageId);
  const { mailbox, conversationId } = original;
  const from = { name: mailbox.displayName, address: mailbox.userPrincipalName };
  const { to, cc } = toAll ? everyone(original.content, from) : { to: repliesTo(original.content), cc: [] };
  const { subject, references, quoted } = parts(original.content);
  const content: MessageContent = {
    route: 'draft',
    from,
    sender: from,
    replyTo: [],
    to,
    cc,
    bcc: [],
    subject,
    body: quoted,
    importance: original.content.importance,
    internetMessageId: state.ids.messageId(mailbox.userPrincipalName),
    headers: [],
    extendedProperties: references,
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    attachments: original.content.attachments.filter(({ isInline }) => isInline).map((file) => ({ ...file })),
    savedToSentItems: true,
    request: {},
  };
  const read = withReplyBody(content, said);
  checkRecipients(read.content, state.settings.limits.recipients);
  return newMessage('drafts', { mailbox, read, knownBy: idKind(request), conversationId }, state, call);
}

function repliesTo({ from, replyTo }: MessageContent): SandboxAddress[] {
  return replyTo.length > 0 ? [...replyTo] : [from];
}

function everyone(content: MessageContent, own: SandboxAddress): Pick<MessageContent, 'to' | 'cc'> {
  const isOther = ({ address }: SandboxAddress) => address.toLowerCase() !== own.address.toLowerCase();
  return { to: [...repliesTo(content), ...content.to.filter(isOther)], cc: content.cc.filter(isOther) };
}

/** What the service makes of a message in its reply. */
function parts({ subject, body, from, internetMessageId, extendedProperties }: MessageContent) {
  const before = extendedProperties.find(({ id }) => id === REFERENCES)?.value;
  const line = `From: ${from.address}`;
  const content =
    body.contentType === 'html' ? `<br><hr><p>${line}</p>${body.content}` : `\n\n${line}\n\n${body.content}`;
  return {
    subject: /^re:/i.test(subject) ? subject : `RE: ${subject}`,
    quoted: { contentType: body.contentType, content },
    references: [
      { id: IN_REPLY_TO, value: internetMessageId },
      { id: REFERENCES, value: before === undefined ? internetMessageId : `${before} ${internetMessageId}` },
    ],
  };
}
