import { foreignAnswer } from './inbox-answer';

/** A file to be saved, never shown, by whatever name a mail gave it. */
export function downloadAnswer(content: Buffer | string, name: string): Response {
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
