import { bodyDocument } from './body-document';
import { fileName } from './invitation';
import { foreignResponse } from './responses';
import { composeEml, type SandboxMessage } from './sandbox';

/** A part of a message at an address of its own. Undefined if the message has no such part. */
export function showPart(
  message: SandboxMessage,
  [part, index, ...rest]: string[],
  values: URLSearchParams,
): Response | undefined {
  if (part === 'attachments' && index !== undefined && rest.length === 0) {
    const attachment = /^\d+$/.test(index) ? message.attachments[Number(index)] : undefined;
    // With `keepContent: 'hash'` there are no bytes to download.
    if (attachment === undefined || attachment.sha256 !== undefined) return undefined;
    return download(attachment.content, fileName(attachment));
  }
  if (index !== undefined) return undefined;
  switch (part) {
    case 'body':
      return message.body.contentType === 'html'
        ? bodyDocument(message, values.get('remote') === '1', values.get('for') === 'measuring')
        : undefined;
    case 'message.eml':
      return download(composeEml(message), `${message.subject || 'message'}.eml`);
    case 'request': {
      const { name, content } = requestFile(message.request);
      return download(content, name);
    }
    default:
      return undefined;
  }
}

function requestFile(request: unknown): { name: string; content: string } {
  if (typeof request === 'string') return { name: 'request.txt', content: request };
  return { name: 'request.json', content: `${JSON.stringify(request, null, 2)}\n` };
}

/** A file that the browser saves and never shows, whatever its type and name claim. */
export function download(content: Buffer | string, name: string): Response {
  const bytes = typeof content === 'string' ? content : new Uint8Array(content);
  return foreignResponse(bytes, 'application/octet-stream', "default-src 'none'; sandbox", {
    'content-disposition': disposition(name),
  });
}

/** RFC 6266: an ASCII name for old clients, and the full name for the rest. Browsers strip paths themselves. */
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
