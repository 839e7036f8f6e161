import type { Call } from './call';
import { jsonAnswer } from './graph-answer';
import { IMMUTABLE_ID_APPLIED, prefersImmutableId } from './immutable-id';
import type { SandboxAddress } from './sandbox-message';
import type { StoredMessage } from './stored-message';

/** A message as Graph shows it, all its usual properties whatever `$select` says. */
export function messageAnswer(status: number, stored: StoredMessage, request: Request, call: Call): Response {
  const isImmutable = prefersImmutableId(request);
  const body = { id: isImmutable ? stored.immutableId : stored.id, ...describe(stored) };
  return jsonAnswer(status, body, call, isImmutable ? IMMUTABLE_ID_APPLIED : {});
}

/** Without the attachments and the custom headers, which the service shows on request only. */
function describe({ message: { content }, createdAt, isDraft }: StoredMessage): object {
  return {
    createdDateTime: createdAt.toISOString(),
    categories: content.categories,
    hasAttachments: content.attachments.some(({ isInline }) => !isInline),
    internetMessageId: content.internetMessageId,
    subject: content.subject,
    bodyPreview: content.body.content.slice(0, 255),
    importance: content.importance,
    isDeliveryReceiptRequested: content.isDeliveryReceiptRequested,
    isReadReceiptRequested: content.isReadReceiptRequested,
    isDraft,
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
