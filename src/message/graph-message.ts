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
  return {
    subject: headerValues(content, 'subject')[0] ?? '',
    body: toBody(content),
    ...(from && { from: toRecipient(from) }),
    ...(sender && { sender: toRecipient(sender) }),
    // If all recipients are bcc, Graph rejects a missing list, but not an empty one.
    toRecipients: to.map(toRecipient),
    ...optionalList('ccRecipients', cc.map(toRecipient)),
    ...optionalList('bccRecipients', bcc.map(toRecipient)),
    ...optionalList('replyTo', (replyTo.length > 0 ? replyTo : context.replyTo).map(toRecipient)),
    // If left out, it has been seen to become "high" on messages with custom headers.
    importance: context.importance ?? toImportance(content),
    internetMessageId: headerValues(content, 'message-id').find(isMessageId) ?? context.messageId,
    // Graph rejects an empty list of headers.
    ...optionalList('internetMessageHeaders', toInternetMessageHeaders(content)),
    ...optionalList('singleValueExtendedProperties', toExtendedProperties(content)),
    ...optionalList('categories', context.categories ?? toCategories(content)),
    ...(wantsReceipt('disposition-notification-to') && { isReadReceiptRequested: true }),
    ...(wantsReceipt('return-receipt-to') && { isDeliveryReceiptRequested: true }),
    ...optionalList('attachments', toGraphAttachments(content.attachments, content.html)),
  };
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

function optionalList<K extends keyof GraphMessage, T>(key: K, list: T[]): { [P in K]?: T[] } {
  const result: { [P in K]?: T[] } = {};
  if (list.length > 0) result[key] = list;
  return result;
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
  return {
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    ...message,
    ...optionalList('singleValueExtendedProperties', [
      ...properties,
      ...headersAsProperties(internetMessageHeaders ?? []),
    ]),
  };
}
