import type { Call } from '../http/delivery';
import { bounceFate } from '../mail/bounce-test';
import {
  checkAttachmentCount,
  checkHeaderSize,
  checkMessageSize,
  checkRecipients,
  requireRecipients,
} from '../mail/check-message';
import { composeEml } from '../mail/compose-eml';
import { composeReport, isReadReceipt } from '../mail/compose-report';
import { emlHeaders, isNamedHeader, propertyHeader } from '../mail/eml-headers';
import type { MessageContent, ReadMessage, SentMessage } from '../mail/message';
import { readHeaderFields } from '../mail/read-mime';
import type { SandboxMailbox, SandboxSettings } from '../settings';
import { checkSendAs, mailboxesOf } from '../tenant/mailboxes';
import { unsearchable } from './search-delay';
import type { MailboxState } from './state';

/** The rules for a message to be sent, by any route. @throws GraphRefusal */
export function submit(
  mailbox: SandboxMailbox,
  { content, claimedSenders }: ReadMessage,
  settings: SandboxSettings,
  { requestId, clientRequestId, receivedAt }: Call,
): Omit<SentMessage, 'id'> {
  const { limits } = settings;
  requireRecipients(content);
  checkRecipients(content, limits.recipients);
  checkSendAs(mailbox, claimedSenders, settings);
  checkMessageSize(content, mailbox, limits);
  checkAttachmentCount(content.attachments.length, limits);
  checkHeaderSize(content, limits);
  return { receivedAt, mailbox: mailbox.userPrincipalName, requestId, clientRequestId, ...content };
}

/**
 * Puts a sent message into the Inbox of each recipient in the tenant, once each, and the reports about it into that of
 * its sender.
 */
export function receive(sent: SentMessage, { content, claimedSenders }: ReadMessage, state: MailboxState) {
  const { settings } = state;
  const sender = settings.mailboxes.find(({ userPrincipalName }) => userPrincipalName === sent.mailbox);
  if (sender) {
    for (const report of reportsAbout(sent, sender))
      arrive({ content: report, claimedSenders: [] }, sender, sent, state);
  }
  const recipients = [...sent.to, ...sent.cc, ...sent.bcc].map(({ address }) => address);
  const mailboxes = mailboxesOf(settings.mailboxes, recipients);
  if (mailboxes.length === 0) return;
  const received: ReadMessage = {
    content: {
      ...content,
      // [rule: bcc-hidden]
      bcc: [],
      headers: headersOnTheWire(sent, settings),
      // Categories and named properties stay with the sender. [rule: properties-stay-with-the-sender]
      extendedProperties: [],
      categories: [],
    },
    claimedSenders,
  };
  for (const mailbox of mailboxes) arrive(received, mailbox, sent, state);
}

function arrive(
  read: ReadMessage,
  mailbox: SandboxMailbox,
  sent: SentMessage,
  { ids, messages, settings }: MailboxState,
): void {
  messages.push({
    mailbox,
    ...read,
    createdAt: sent.receivedAt,
    changedAt: sent.receivedAt,
    changeKey: ids.changeKey(),
    // Each mailbox has its own conversations.
    conversationId: ids.conversationId(),
    isDraft: false,
    folder: 'inbox',
    id: ids.outlookId(),
    immutableId: ids.outlookId(),
    knownBy: 'id',
    sentId: sent.id,
    unsearchable: unsearchable('inbox', settings),
    attachmentIds: [],
    requestBytes: 0,
  });
}

/** Each property of PS_INTERNET_HEADERS is a header there. [rule: named-headers-on-the-wire] */
function headersOnTheWire(sent: SentMessage, { namedHeadersOnTheWire }: SandboxSettings) {
  const properties = sent.extendedProperties.filter(({ id }) => namedHeadersOnTheWire || !isNamedHeader(id));
  const headers = sent.mime
    ? [...sent.headers, ...properties.flatMap(propertyHeader)]
    : emlHeaders({ ...sent, extendedProperties: properties });
  return headers.map(({ name, value }) => ({ name, value }));
}

/**
 * The reports that the sender of a message gets: one for all recipients at bounce.test with the same fate, and one
 * from each mail program. [rule: bounce-test]
 */
export function reportsAbout(message: SentMessage, mailbox: SandboxMailbox): MessageContent[] {
  const groups = new Map<string, string[]>();
  for (const { address } of [...message.to, ...message.cc, ...message.bcc]) {
    const fate = bounceFate(address);
    if (fate === undefined) continue;
    const key = isReadReceipt(fate) ? address : JSON.stringify(fate);
    const group = groups.get(key) ?? [];
    if (!group.includes(address)) groups.set(key, [...group, address]);
  }
  if (groups.size === 0) return [];
  const mime = composeEml(message);
  return [...groups.values()].flatMap((recipients) => {
    const fate = bounceFate(recipients[0] ?? '');
    return fate ? [toContent(composeReport({ mime, message, fate, recipients }), mailbox)] : [];
  });
}

function toContent(mime: Buffer, mailbox: SandboxMailbox): MessageContent {
  const fields = readHeaderFields(mime) ?? [];
  const field = (name: string) => fields.find((one) => one.name === name)?.value ?? '';
  const from = { name: '', address: field('From') };
  const text = mime.toString();
  return {
    route: 'mime',
    from,
    sender: from,
    replyTo: [],
    to: [{ name: mailbox.displayName, address: mailbox.userPrincipalName }],
    cc: [],
    bcc: [],
    subject: field('Subject'),
    body: { contentType: 'text', content: text.split('\r\n\r\n')[2] ?? '' },
    importance: 'normal',
    internetMessageId: field('Message-ID'),
    headers: fields.map(({ name, value }) => ({ name, value })),
    extendedProperties: [],
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    attachments: [],
    savedToSentItems: false,
    mime,
    request: undefined,
  };
}
