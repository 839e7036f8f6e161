import type { MessageContent } from './message';

const sizes = new WeakMap<object, number>();

/**
 * About how many bytes of memory a message takes: its attachments, its MIME and the request as it came, in which the
 * attachments stand once more, as base64.
 */
export function sizeOfMessage(content: MessageContent): number {
  const { attachments, body, mime } = content;
  const attached = attachments.reduce((sum, { size, sha256 }) => sum + (sha256 === undefined ? size : 0), 0);
  return attached + body.content.length + (mime?.length ?? 0) + sizeOfRequest(content.request);
}

/** Counted once per request, which does not change and may be of millions of characters. */
function sizeOfRequest(request: unknown): number {
  if (typeof request === 'string') return request.length;
  if (typeof request !== 'object' || request === null) return 8;
  const known = sizes.get(request);
  if (known !== undefined) return known;
  const size = JSON.stringify(request).length;
  sizes.set(request, size);
  return size;
}
