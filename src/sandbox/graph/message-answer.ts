import type { Call } from '../http/delivery';
import { fileAnswer, jsonAnswer, showTime } from '../http/graph-answer';
import { notImplemented } from '../http/graph-refusal';
import { composeEml } from '../mail/compose-eml';
import { checkPropertyId, isSameProperty, propertyKey, shownPropertyId } from '../mail/extended-properties';
import type { SandboxAddress } from '../mail/message';
import { MESSAGE_CLASS, messageClassOf } from '../mail/message-class';
import { folderId } from '../mailbox/folders';
import type { MailboxMessage, MailboxState } from '../mailbox/state';
import { readQueryOptions, selectProperties } from './query-options';

/** A message as Graph shows it. */
export function messageAnswer(
  status: number,
  message: MailboxMessage,
  request: Request,
  state: MailboxState,
  call: Call,
): Response {
  const options = readQueryOptions(request, ['$select', '$expand']);
  return jsonAnswer(status, showMessage(message, request, options, state), call, idHeaders(request));
}

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

/** PidTagMessageFlags. [MS-OXCMSG] 2.2.1.6 */
const MESSAGE_FLAGS = 'Integer 0x0E07';
const [READ, SUBMITTED, UNSENT] = [1, 4, 8];

/** [rule: held-is-submitted] */
function messageFlags(message: MailboxMessage, { deferred }: MailboxState): number {
  if (!message.isDraft) return READ;
  return READ + UNSENT + (deferred.some(({ of }) => of === message) ? SUBMITTED : 0);
}

/** The properties that `$select` names, by default the usual ones, plus those that `$expand` adds. */
export function showMessage(
  message: MailboxMessage,
  request: Request,
  { $select, $expand }: { $select?: string; $expand?: string },
  state: MailboxState,
): object {
  const id = message[idKind(request)];
  const { headers, extendedProperties } = message.content;
  // [rule: message-class]
  const others = extendedProperties.filter(
    (own) => !isSameProperty(own.id, MESSAGE_CLASS) && !isSameProperty(own.id, MESSAGE_FLAGS),
  );
  const all = [
    ...others,
    { id: MESSAGE_CLASS, value: messageClassOf(message.content) },
    { id: MESSAGE_FLAGS, value: String(messageFlags(message, state)) },
  ];
  const shown = selectProperties(
    'message',
    { id, ...describeMessage(message, state) },
    { internetMessageHeaders: headers },
    $select,
  );
  return { ...shown, ...($expand !== undefined && expandProperties($expand, all)) };
}

export function idHeaders(request: Request): Record<string, string> {
  return idKind(request) === 'immutableId' ? IMMUTABLE_ID_APPLIED : {};
}

/** Without attachments and custom headers, which are shown only on request. [rule: headers-on-request] */
export function describeMessage(message: MailboxMessage, state: MailboxState): Record<string, unknown> {
  const { content } = message;
  // A draft, too, has the times of receiving and sending: when it was created. [rule: draft-shown] [rule: copy-shown]
  const created = showTime(message.createdAt, state.settings);
  return {
    createdDateTime: created,
    lastModifiedDateTime: showTime(message.changedAt, state.settings),
    // [rule: change-key]
    changeKey: message.changeKey,
    receivedDateTime: created,
    sentDateTime: created,
    // [rule: conversation-stays]
    conversationId: message.conversationId,
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(message.id)}&exvsurl=1&viewmodel=ReadMessageItem`,
    // [rule: parent-folder]
    parentFolderId: folderId(state, message.mailbox, message.folder),
    categories: content.categories,
    hasAttachments: content.attachments.some(({ isInline }) => !isInline),
    internetMessageId: content.internetMessageId,
    subject: content.subject,
    bodyPreview: content.body.content.slice(0, 255),
    importance: content.importance,
    isDeliveryReceiptRequested: content.isDeliveryReceiptRequested,
    isReadReceiptRequested: content.isReadReceiptRequested,
    isDraft: message.isDraft,
    body: content.body,
    sender: toRecipient(content.sender),
    from: toRecipient(content.from),
    toRecipients: content.to.map(toRecipient),
    ccRecipients: content.cc.map(toRecipient),
    bccRecipients: content.bcc.map(toRecipient),
    replyTo: content.replyTo.map(toRecipient),
  };
}

function toRecipient({ name, address }: SandboxAddress): object {
  return { emailAddress: { name, address } };
}

/**
 * The id that the client wants: with `Prefer: IdType="ImmutableId"`, which each request has to ask for, the one that
 * survives moves.
 */
export function idKind(request: Request): MailboxMessage['knownBy'] {
  const prefer = request.headers.get('prefer') ?? '';
  return /(?:^|,)\s*IdType\s*=\s*"?ImmutableId"?\s*(?:,|$)/i.test(prefer) ? 'immutableId' : 'id';
}

/** Confirms the immutable ids. */
export const IMMUTABLE_ID_APPLIED = { 'preference-applied': 'IdType="ImmutableId"' };

const TEXT = "'((?:[^']|'')*)'";
const EXPAND = new RegExp(
  `^singleValueExtendedProperties ?\\(\\$filter ?= ?id eq ${TEXT}(?: or id eq ${TEXT})*\\)$`,
  'i',
);

/** The extended properties that `$expand` names, if the message has them. [rule: expand-properties] */
export function expandProperties(
  expand: string,
  properties: readonly { id: string; value: string }[],
): object {
  const wanted = new Set(wantedProperties(expand).map(propertyKey));
  const found = properties.filter(({ id }) => wanted.has(propertyKey(id)));
  if (found.length === 0) return {};
  return {
    singleValueExtendedProperties: found.map(({ id, value }) => ({ id: shownPropertyId(id), value })),
  };
}

/**
 * The ids that an `$expand` names. @throws GraphRefusal unless it has the documented form, with one or more property
 * ids
 */
export function wantedProperties(expand: string): string[] {
  if (!EXPAND.test(expand)) {
    throw notImplemented(`the $expand ${expand}`);
  }
  const ids = [...expand.matchAll(new RegExp(`id eq ${TEXT}`, 'gi'))].map(([, id = '']) =>
    id.replaceAll("''", "'"),
  );
  for (const id of ids) checkPropertyId(id);
  return ids;
}
