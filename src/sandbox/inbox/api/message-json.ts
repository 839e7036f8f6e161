import { fileName } from '../invitation';
import type { SandboxMessage } from '../sandbox';

export const API_PATH = '/inbox/api/v1';

const MAX_PREVIEW = 200;

/** What a list shows of a message. */
export function summaryOf(message: SandboxMessage) {
  const { id, receivedAt, mailbox, route, from, to, cc, bcc, subject, attachments } = message;
  return {
    id,
    url: `${API_PATH}/messages/${encodeURIComponent(id)}`,
    receivedAt,
    mailbox,
    route,
    from,
    to,
    cc,
    bcc,
    subject,
    preview: message.text.replace(/\s+/g, ' ').trim().slice(0, MAX_PREVIEW),
    attachmentCount: attachments.length,
  };
}

/** A message without its bytes, which have addresses of their own. */
export function messageJson(message: SandboxMessage) {
  const { preview: _preview, attachmentCount: _count, ...summary } = summaryOf(message);
  return {
    ...summary,
    sender: message.sender,
    replyTo: message.replyTo,
    internetMessageId: message.internetMessageId,
    importance: message.importance,
    categories: message.categories,
    headers: message.headers,
    extendedProperties: message.extendedProperties,
    isReadReceiptRequested: message.isReadReceiptRequested,
    isDeliveryReceiptRequested: message.isDeliveryReceiptRequested,
    savedToSentItems: message.savedToSentItems,
    requestId: message.requestId,
    clientRequestId: message.clientRequestId ?? null,
    text: message.text,
    html: message.html ?? null,
    links: message.links,
    attachments: attachmentsJson(message),
  };
}

export function attachmentsJson({ id, attachments }: SandboxMessage) {
  return attachments.map((attachment, index) => {
    const { contentType, size, isInline, contentId, sha256 } = attachment;
    return {
      index,
      url: `${API_PATH}/messages/${encodeURIComponent(id)}/attachments/${index}`,
      name: fileName(attachment),
      contentType,
      size,
      isInline,
      contentId: contentId ?? null,
      sha256: sha256 ?? null,
    };
  });
}
