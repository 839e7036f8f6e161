import type { Call } from '../call';
import type { SandboxAddress } from '../mail/message';
import { showTime } from '../mail/show-time';
import { folderId } from '../mailbox/mail-folders';
import type { StoredMessage } from '../mailbox/stored-message';
import type { SandboxState } from '../sandbox-state';
import { expandProperties } from './expand-properties';
import { jsonAnswer } from './graph-answer';
import { IMMUTABLE_ID_APPLIED, prefersImmutableId } from './immutable-id';
import { readQueryOptions } from './query-options';
import { selectProperties } from './select-properties';

/** A message as Graph shows it. */
export function messageAnswer(
  status: number,
  stored: StoredMessage,
  request: Request,
  state: SandboxState,
  call: Call,
): Response {
  const options = readQueryOptions(request, ['$select', '$expand']);
  return jsonAnswer(status, showMessage(stored, request, options, state), call, idHeaders(request));
}

/** The properties of a message that `$select` names, by default the usual ones, and what `$expand` adds to them. */
export function showMessage(
  stored: StoredMessage,
  request: Request,
  { $select, $expand }: { $select?: string; $expand?: string },
  state: SandboxState,
): object {
  const id = prefersImmutableId(request) ? stored.immutableId : stored.id;
  const { headers, extendedProperties } = stored.message.content;
  const shown = selectProperties(
    'message',
    { id, ...describeMessage(stored, state) },
    { internetMessageHeaders: headers },
    $select,
  );
  return { ...shown, ...($expand !== undefined && expandProperties($expand, extendedProperties)) };
}

export function idHeaders(request: Request): Record<string, string> {
  return prefersImmutableId(request) ? IMMUTABLE_ID_APPLIED : {};
}

/** Without the attachments and the custom headers, which are shown on request only. [rule: headers-on-request] */
export function describeMessage(stored: StoredMessage, state: SandboxState): Record<string, unknown> {
  const { content } = stored.message;
  // A draft has the times of receiving and sending as well, those of its making. [rule: draft-shown]
  const created = showTime(stored.createdAt, state.settings);
  return {
    createdDateTime: created,
    lastModifiedDateTime: showTime(stored.changedAt, state.settings),
    // [rule: change-key]
    changeKey: stored.changeKey,
    receivedDateTime: created,
    sentDateTime: created,
    // [rule: conversation-stays]
    conversationId: stored.conversationId,
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(stored.id)}&exvsurl=1&viewmodel=ReadMessageItem`,
    // [rule: parent-folder]
    parentFolderId: folderId(state, stored.mailbox, stored.folder),
    categories: content.categories,
    hasAttachments: content.attachments.some(({ isInline }) => !isInline),
    internetMessageId: content.internetMessageId,
    subject: content.subject,
    bodyPreview: content.body.content.slice(0, 255),
    importance: content.importance,
    isDeliveryReceiptRequested: content.isDeliveryReceiptRequested,
    isReadReceiptRequested: content.isReadReceiptRequested,
    isDraft: stored.isDraft,
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
