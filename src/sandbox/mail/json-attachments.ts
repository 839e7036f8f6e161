import type { JsonEntity, JsonValue } from '../graph/entity-types';
import { GraphRefusal } from '../graph/graph-answer';
import { tooLarge } from '../graph/too-large';
import { decodeBase64 } from './base64';
import type { SandboxAttachment } from './message';

type JsonAttachment = JsonValue<'attachment'>;

/** An attachment as JSON, inside a message or alone. */
export function readAttachment(attachment: JsonAttachment, limitBytes: number): SandboxAttachment {
  const { name, isInline = false } = attachment;
  if (!name) throw invalid('An attachment has no name.');
  if (isItemAttachment(attachment)) {
    if (!attachment.item) throw invalid(`The item attachment '${name}' has no item.`);
    const content = Buffer.from(JSON.stringify(attachment.item));
    checkSize(name, content, limitBytes);
    return { name, contentType: 'application/json', content, size: content.length, isInline };
  }
  const { contentBytes } = attachment;
  const content = typeof contentBytes === 'string' ? decodeBase64(contentBytes) : undefined;
  if (content === undefined) throw invalid(`The file attachment '${name}' has no contentBytes.`);
  checkSize(name, content, limitBytes);
  return {
    name,
    contentType: attachment.contentType ?? 'application/octet-stream',
    content,
    size: content.length,
    isInline,
    ...(typeof attachment.contentId === 'string' && { contentId: attachment.contentId }),
  };
}

function isItemAttachment(attachment: JsonAttachment): attachment is JsonEntity<'itemAttachment'> {
  return attachment['@odata.type']?.endsWith('.itemAttachment') === true;
}

function checkSize(name: string, content: Buffer, limitBytes: number): void {
  if (content.length < limitBytes) return;
  throw tooLarge(
    'attachment-size',
    `The attachment '${name}' has ${content.length} bytes, it must be smaller than ${limitBytes}.`,
  );
}

/** The service refuses these too; with which code, nobody has written down. */
function invalid(message: string): GraphRefusal {
  return new GraphRefusal('attachment-incomplete', 400, 'ErrorInvalidRequest', message);
}
