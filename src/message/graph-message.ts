import type { ItemBody, Message, Recipient } from '@microsoft/microsoft-graph-types';
import type { MailAddress } from '../mime/address';
import { headerValues, type MailContent } from '../mime/mail-content';
import { type GraphAttachment, toGraphAttachments } from './attachments';
import {
  isMessageId,
  toCategories,
  toExtendedProperties,
  toImportance,
  toInternetMessageHeaders,
} from './header-carriers';
import type { Importance } from './importance';
import { fromOf, isFrom, mailboxesOf, type RECEIPT_HEADERS, toRecipients } from './recipients';

/** Graph's message as it travels in a request. */
export type GraphMessage = Omit<Message, 'attachments'> & { attachments?: GraphAttachment[] };

/** What the transport knows of a message beside its content. */
export interface MessageContext {
  /** Addresses that the message is to reach. */
  envelopeTo: readonly string[];
  /** From of a message that names none; undefined leaves it to Graph, which takes the mailbox itself. */
  from: MailAddress | undefined;
  /** Reply-To of a message that names none. */
  replyTo: readonly MailAddress[];
  /** Message-ID of a message that has none. */
  messageId: string;
  /** Instead of what the headers say of importance. */
  importance: Importance | undefined;
  /** Instead of Keywords. */
  categories: string[] | undefined;
}

/**
 * A message that has been read, as Graph's JSON. What JSON cannot carry (`jsonLosses`) is not in it.
 *
 * @throws GraphTransportError `EENVELOPE` for recipients or a From that Graph cannot use
 */
export function toGraphMessage(content: MailContent, context: MessageContext): GraphMessage {
  const named = fromOf(content);
  const [from = context.from] = named;
  const [sender] = mailboxesOf(content, 'sender');
  const replyTo = mailboxesOf(content, 'reply-to');
  const { to, cc, bcc } = toRecipients(content, context.envelopeTo);
  const wantsReceipt = (key: (typeof RECEIPT_HEADERS)[number]) =>
    mailboxesOf(content, key).some(({ address }) => isFrom(named, address));
  return {
    subject: headerValues(content, 'subject')[0] ?? '',
    body: toBody(content),
    ...(from && { from: toRecipient(from) }),
    ...(sender && { sender: toRecipient(sender) }),
    // Graph answers a missing list with an error when all recipients are bcc, an empty one not.
    toRecipients: to.map(toRecipient),
    ...optionalList('ccRecipients', cc.map(toRecipient)),
    ...optionalList('bccRecipients', bcc.map(toRecipient)),
    ...optionalList('replyTo', (replyTo.length > 0 ? replyTo : context.replyTo).map(toRecipient)),
    // Left out, it has been seen to become "high" on messages with custom headers.
    importance: context.importance ?? toImportance(content),
    internetMessageId: headerValues(content, 'message-id').find(isMessageId) ?? context.messageId,
    // Graph refuses an empty list of headers.
    ...optionalList('internetMessageHeaders', toInternetMessageHeaders(content)),
    ...optionalList('singleValueExtendedProperties', toExtendedProperties(content)),
    ...optionalList('categories', context.categories ?? toCategories(content)),
    ...(wantsReceipt('disposition-notification-to') && { isReadReceiptRequested: true }),
    ...(wantsReceipt('return-receipt-to') && { isDeliveryReceiptRequested: true }),
    ...optionalList('attachments', toGraphAttachments(content.attachments, content.html)),
  };
}

/** Graph takes one body; of text and HTML, HTML is the one from which Exchange makes the other itself. */
function toBody({ html, text }: MailContent): ItemBody {
  return html === undefined
    ? { contentType: 'text', content: text ?? '' }
    : { contentType: 'html', content: html };
}

function toRecipient({ name, address }: MailAddress): Recipient {
  return { emailAddress: name ? { name, address } : { address } };
}

function optionalList<K extends keyof GraphMessage, T>(key: K, list: T[]): { [P in K]?: T[] } {
  const result: { [P in K]?: T[] } = {};
  if (list.length > 0) result[key] = list;
  return result;
}
