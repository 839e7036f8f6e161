import type { AttachmentStream, Headers, StructuredHeader } from 'mailparser';
import type { AttachmentContent } from './attachment-content';
import type { MailAttachment, MediaType } from './mail-content';

/** What mailparser says of a part that is not body text, with its content. */
export function toAttachment(part: AttachmentStream, content: AttachmentContent): MailAttachment {
  const location = part.headers.get('content-location');
  return {
    filename: part.filename,
    type: declaredType(part.headers) ?? { value: part.contentType, params: {} },
    disposition: part.contentDisposition,
    contentId: part.cid || undefined,
    related: part.related ?? false,
    location: typeof location === 'string' ? location : undefined,
    content,
  };
}

/** mailparser guesses the type of octet streams by their name; what the part says is what counts. */
function declaredType(headers: Headers): MediaType | undefined {
  const header = headers.get('content-type');
  if (!isStructured(header) || !header.value) return undefined;
  return { value: header.value.toLowerCase().trim(), params: header.params };
}

function isStructured(header: unknown): header is StructuredHeader {
  return (
    typeof header === 'object' && header !== null && 'value' in header && typeof header.value === 'string'
  );
}
