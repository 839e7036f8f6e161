import { createHash } from 'node:crypto';
import { emlHeaders } from './eml-headers';
import type { SandboxAttachment, SentMessage } from './message';

const CRLF = '\r\n';
const LINE_LENGTH = 76;

/**
 * The message as a file for mail programs: its MIME, without Bcc, or one composed from its JSON. Exchange composes its
 * own, so that file shows what the message contains, not how it looks on the wire.
 */
export function composeEml(message: SentMessage): Buffer {
  if (message.mime) return message.mime;
  const isShown = (attachment: SandboxAttachment) =>
    message.body.contentType === 'html' && attachment.isInline && attachment.contentId !== undefined;
  const boundary = `=_${createHash('sha256').update(message.id).digest('hex').slice(0, 32)}`;
  const inline = message.attachments.filter(isShown).map((attachment) => filePart(attachment, 'inline'));
  const files = message.attachments
    .filter((attachment) => !isShown(attachment))
    .map((attachment) => filePart(attachment, 'attachment'));
  const text = multipart('related', `${boundary}.1`, [bodyPart(message), ...inline]);
  const headers = emlHeaders(message).map(({ name, encoded }) => fold(`${name}: ${encoded}`));
  return Buffer.from(
    [...headers, 'MIME-Version: 1.0', multipart('mixed', `${boundary}.0`, [text, ...files])].join(CRLF),
  );
}

/** A single part stands alone. */
function multipart(subtype: string, boundary: string, parts: readonly string[]): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return [
    `Content-Type: multipart/${subtype}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, part]),
    `--${boundary}--`,
    '',
  ].join(CRLF);
}

function bodyPart({ body: { contentType, content } }: SentMessage): string {
  const type = contentType === 'html' ? 'html' : 'plain';
  return part([`Content-Type: text/${type}; charset=utf-8`], Buffer.from(content));
}

function filePart({ name, contentType, contentId, content }: SandboxAttachment, disposition: string): string {
  return part(
    [
      `Content-Type: ${mediaType(contentType)}`,
      `Content-Disposition: ${disposition}${filename(name)}`,
      ...(contentId === undefined ? [] : [fold(`Content-ID: <${contentId.replace(/[^!-;=?-~]/g, '')}>`)]),
    ],
    content,
  );
}

function part(headers: readonly string[], content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,76}/g) ?? [];
  return [...headers, 'Content-Transfer-Encoding: base64', '', ...lines, ''].join(CRLF);
}

/** Never message/…, which must not be base64. The file name still tells what it is. */
function mediaType(contentType: string): string {
  const [, type] = /^\s*([\w!#$&^.+-]+\/[\w!#$&^.+-]+)\s*(?:;|$)/.exec(contentType) ?? [];
  return type === undefined || /^(?:message|multipart)\//i.test(type) ? 'application/octet-stream' : type;
}

/** RFC 2231, in pieces that keep lines short. */
function filename(name: string): string {
  const plain = name.replace(/\p{Cc}+/gu, ' ');
  if (/^[\x20-\x7e]{1,60}$/.test(plain)) return `; filename="${plain.replace(/["\\]/g, '\\$&')}"`;
  // Through bytes, since encodeURIComponent throws on half a surrogate pair, which JSON can hold.
  const encoded = encodeURIComponent(Buffer.from(plain).toString()).replace(/['()*]/g, percent);
  const [first = '', ...more] = encoded.match(/(?:%..|[^%]){1,15}/g) ?? [];
  if (more.length === 0) return `; filename*=utf-8''${first}`;
  return [`utf-8''${first}`, ...more].map((piece, index) => `;${CRLF} filename*${index}*=${piece}`).join('');
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Folds a header at its spaces. */
function fold(header: string): string {
  const lines = [''];
  for (const word of header.split(/ (?=\S)/)) {
    const line = lines.at(-1) ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > LINE_LENGTH && line !== '') lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join(`${CRLF} `);
}
