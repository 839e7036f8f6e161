import { composeEml } from '../mail/compose-eml';
import type { SandboxMessage } from '../mail/message';
import { bodyDocument } from './body-document';
import { foreignAnswer } from './responses';

export function showPart(
  message: SandboxMessage,
  [part, index, ...rest]: string[],
  values: URLSearchParams,
): Response | undefined {
  if (part === 'attachments' && index !== undefined && rest.length === 0) {
    const attachment = /^\d+$/.test(index) ? message.attachments[Number(index)] : undefined;
    // Of some only the hash is kept.
    if (attachment === undefined || attachment.sha256 !== undefined) return undefined;
    return downloadAnswer(attachment.content, attachment.name);
  }
  if (index !== undefined) return undefined;
  switch (part) {
    case 'body':
      return message.body.contentType === 'html'
        ? bodyDocument(message, values.get('remote') === '1')
        : undefined;
    case 'message.eml':
      return downloadAnswer(composeEml(message), `${message.subject || 'message'}.eml`);
    case 'request': {
      const { name, content } = requestFile(message.request);
      return downloadAnswer(content, name);
    }
    default:
      return undefined;
  }
}

/** The body of a request whole, as a file, and the name of that file. */
function requestFile(request: unknown): { name: string; content: string } {
  if (typeof request === 'string') return { name: 'request.txt', content: request };
  return { name: 'request.json', content: `${JSON.stringify(request, null, 2)}\n` };
}

/** A file to be saved, never shown, by whatever name a mail gave it. */
function downloadAnswer(content: Buffer | string, name: string): Response {
  const bytes = typeof content === 'string' ? content : new Uint8Array(content);
  return foreignAnswer(bytes, 'application/octet-stream', "default-src 'none'; sandbox", {
    'content-disposition': disposition(name),
  });
}

/** RFC 6266: a name in ASCII for old programs, the whole name for all others; browsers cut off paths themselves. */
function disposition(name: string): string {
  const plain =
    Buffer.from(name.replace(/[\p{Cc}/\\]+/gu, '_'))
      .toString()
      .slice(0, 150) || 'attachment';
  const ascii = plain.replace(/[^\x20-\x7e]|["%]/g, '_');
  const encoded = encodeURIComponent(Buffer.from(plain).toString()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
