import type { ItemBody, Message, Recipient } from '@microsoft/microsoft-graph-types';
import type { MailAddress } from '../mime/address';
import { headerValues, type MailContent } from '../mime/mail-content';
import { type GraphAttachment, toGraphAttachments } from './attachments';
import {
  headersAsProperties,
  isMessageId,
  toCategories,
  toExtendedProperties,
  toImportance,
  toInternetMessageHeaders,
} from './header-carriers';
import type { Importance } from './importance';
import { fromOf, isFrom, mailboxesOf, type RECEIPT_HEADERS, toRecipients } from './recipients';

/** Graph's message in the form in which it is sent. */
export type GraphMessage = Omit<Message, 'attachments'> & { attachments?: GraphAttachment[] };

/** What the transport knows about a message besides its content. */
export interface MessageContext {
  /** Addresses that the message must reach. */
  envelopeTo: readonly string[];
  /** From for a message that has none. If undefined, Graph uses the mailbox itself. */
  from: MailAddress | undefined;
  /** Reply-To for a message that has none. */
  replyTo: readonly MailAddress[];
  /** Message-ID for a message that has none. */
  messageId: string;
  /** Overrides what the headers say about importance. */
  importance: Importance | undefined;
  /** Overrides Keywords. */
  categories: string[] | undefined;
}

/**
 * A message as Graph's JSON. What JSON cannot carry (`jsonLosses`) is left out.
 *
 * @throws GraphTransportError `EENVELOPE` if Graph cannot use the recipients or From
 */
export function toGraphMessage(content: MailContent, context: MessageContext): GraphMessage {
  const named = fromOf(content);
  const [from = context.from] = named;
  const [sender] = mailboxesOf(content, 'sender');
  const replyTo = mailboxesOf(content, 'reply-to');
  const { to, cc, bcc } = toRecipients(content, context.envelopeTo);
  const wantsReceipt = (key: (typeof RECEIPT_HEADERS)[number]) =>
    mailboxesOf(content, key).some(({ address }) => isFrom(named, address));
  const message: GraphMessage = {
    subject: headerValues(content, 'subject')[0] ?? '',
    body: toBody(content),
  };
  if (from) message.from = toRecipient(from);
  if (sender) message.sender = toRecipient(sender);
  // If all recipients are bcc, Graph rejects a missing list, but not an empty one.
  message.toRecipients = to.map(toRecipient);
  setList(message, 'ccRecipients', cc.map(toRecipient));
  setList(message, 'bccRecipients', bcc.map(toRecipient));
  setList(message, 'replyTo', (replyTo.length > 0 ? replyTo : context.replyTo).map(toRecipient));
  // If left out, it has been seen to become "high" on messages with custom headers.
  message.importance = context.importance ?? toImportance(content);
  message.internetMessageId = headerValues(content, 'message-id').find(isMessageId) ?? context.messageId;
  // Graph rejects an empty list of headers.
  setList(message, 'internetMessageHeaders', toInternetMessageHeaders(content));
  setList(message, 'singleValueExtendedProperties', toExtendedProperties(content));
  setList(message, 'categories', context.categories ?? toCategories(content));
  if (wantsReceipt('disposition-notification-to')) message.isReadReceiptRequested = true;
  if (wantsReceipt('return-receipt-to')) message.isDeliveryReceiptRequested = true;
  setList(message, 'attachments', toGraphAttachments(content.attachments, content.html));
  return message;
}

/** Graph accepts one body. HTML is preferred, because Exchange can make the text from it. */
function toBody({ html, text }: MailContent): ItemBody {
  return html === undefined
    ? { contentType: 'text', content: text ?? '' }
    : { contentType: 'html', content: html };
}

function toRecipient({ name, address }: MailAddress): Recipient {
  return { emailAddress: name ? { name, address } : { address } };
}

function setList<K extends keyof GraphMessage>(
  message: GraphMessage,
  key: K,
  list: GraphMessage[K] & readonly unknown[],
): void {
  if (list.length > 0) message[key] = list;
}

/** In-Reply-To and References, which Exchange itself writes into the draft of a reply. */
const OF_REPLY: readonly string[] = ['String 0x1042', 'String 0x1039'];

/**
 * A message as the changes that make it of the draft of a reply. Everything that the draft has from the old message
 * is named, so that nothing of it stays. Headers become named properties: only a new message takes
 * `internetMessageHeaders` (documented: api-reference/v1.0/api/message-update.md). In-Reply-To and References are
 * left to Exchange, which knows the whole conversation, unless they name other messages than the answered one.
 */
export function replyContent(
  { internetMessageHeaders, singleValueExtendedProperties, ...message }: GraphMessage,
  answered: string,
): GraphMessage {
  const properties = (singleValueExtendedProperties ?? []).filter(
    ({ id, value }) => !(OF_REPLY.includes(id ?? '') && value === answered),
  );
  const reply: GraphMessage = {
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    ...message,
  };
  setList(reply, 'singleValueExtendedProperties', [
    ...properties,
    ...headersAsProperties(internetMessageHeaders ?? []),
  ]);
  return reply;
}
