import type { Call } from './call';
import { jsonAnswer } from './graph-answer';
import { IMMUTABLE_ID_APPLIED, prefersImmutableId } from './immutable-id';
import { folderId } from './mail-folders';
import { readQueryOptions } from './query-options';
import type { SandboxAddress } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import { selectProperties } from './select-properties';
import { showTime } from './show-time';
import type { StoredMessage } from './stored-message';

/** A message as Graph shows it. */
export function messageAnswer(
  status: number,
  stored: StoredMessage,
  request: Request,
  state: SandboxState,
  call: Call,
): Response {
  const { $select } = readQueryOptions(request, ['$select']);
  return jsonAnswer(status, showMessage(stored, request, $select, state), call, idHeaders(request));
}

/** The properties of a message that `$select` names, by default the usual ones. */
export function showMessage(
  stored: StoredMessage,
  request: Request,
  select: string | undefined,
  state: SandboxState,
): object {
  const id = prefersImmutableId(request) ? stored.immutableId : stored.id;
  const { headers } = stored.message.content;
  return selectProperties(
    'message',
    { id, ...describe(stored, state) },
    { internetMessageHeaders: headers },
    select,
  );
}

export function idHeaders(request: Request): Record<string, string> {
  return prefersImmutableId(request) ? IMMUTABLE_ID_APPLIED : {};
}

/** Without the attachments and the custom headers, which are shown on request only. [rule: headers-on-request] */
function describe(stored: StoredMessage, state: SandboxState): object {
  const { content } = stored.message;
  return {
    createdDateTime: showTime(stored.createdAt, state.settings),
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
