import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import libmime from 'libmime';
import {
  type AttachmentStream,
  type HeaderLines,
  type Headers,
  MailParser,
  type StructuredHeader,
} from 'mailparser';
import { GraphTransportError } from '../errors';
import type { MailAttachment, MailContent, MailHeader, MediaType } from './mail-content';
import { NamedTextParts } from './named-text-parts';

/**
 * Reads a MIME message as it streams by.
 *
 * @param maxBytes most bytes of attachments that are kept; the rest is read and counted, not held
 * @throws GraphTransportError `EMESSAGE` when the message cannot be read or holds more than `maxBytes` of
 *   attachments; errors that Nodemailer itself raises (`EFILEACCESS` …) come through as they are
 */
export async function readMessage(source: Readable, maxBytes: number): Promise<MailContent> {
  const parser = new BodyParser();
  const attachments: MailAttachment[] = [];
  let text: string | undefined;
  let html: string | undefined;
  let bytes = 0;
  let reading: AttachmentStream | undefined;

  // An error of the source ends the parser but not the attachment that is being read from it.
  const fed = pipeline(source, new NamedTextParts(), parser).catch((error: Error) => {
    reading?.content.destroy(error);
    throw error;
  });
  try {
    for await (const part of parser) {
      if (part.type === 'text') {
        text = part.text;
        html = part.html;
        continue;
      }
      reading = part;
      const chunks: Buffer[] = [];
      for await (const chunk of part.content) {
        bytes += chunk.length;
        if (bytes <= maxBytes) chunks.push(chunk);
      }
      attachments.push(toAttachment(part, Buffer.concat(chunks)));
      part.release?.();
    }
    await fed;
  } catch (error) {
    await fed.catch(() => undefined);
    throw toReadError(error);
  }
  if (bytes > maxBytes) throw tooMuchContent(bytes, maxBytes);
  const type = declaredType(parser.headers || new Map()) ?? { value: 'text/plain', params: {} };
  return { type, headers: toHeaders(parser.headerLines || []), text, html, attachments };
}

/** mailparser without what is of no use here: text from HTML, links, checksums, images as data URIs. */
class BodyParser extends MailParser {
  constructor() {
    super({
      skipHtmlToText: true,
      skipTextLinks: true,
      skipImageLinks: true,
      checksumAlgo: false,
      keepDeliveryStatus: true,
      // A message within the message is an attachment to be opened, not more body text.
      ignoreEmbedded: true,
    });
  }

  /** mailparser calls this for text that stands beside HTML; its own version folds white space. */
  override textToHtml(text: string): string {
    const escaped = text.replace(
      /[&<>]/g,
      (character) => ({ '&': '&amp;', '<': '&lt;' })[character] ?? '&gt;',
    );
    return `<div style="white-space: pre-wrap">${escaped}</div>`;
  }
}

function toAttachment(part: AttachmentStream, content: Buffer): MailAttachment {
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

function toHeaders(lines: HeaderLines): MailHeader[] {
  return lines.map(({ key, line }) => {
    const colon = line.indexOf(':');
    // Lines come as one character a byte; headers with raw UTF-8 in them are common enough.
    const raw = Buffer.from(line.slice(colon + 1), 'latin1')
      .toString()
      .replace(/\r?\n(?=[ \t])/g, '')
      .trim();
    return { key, name: line.slice(0, colon).trim(), value: libmime.decodeWords(raw), raw };
  });
}

function tooMuchContent(bytes: number, maxBytes: number): GraphTransportError {
  return new GraphTransportError(
    'EMESSAGE',
    `The message is too large for Graph's sendMail: its attachments are ${bytes} bytes, and at most ${maxBytes} fit one request.`,
  );
}

/** Errors of Nodemailer's own content sources, which say more than ours could. */
const CONTENT_CODES: ReadonlySet<unknown> = new Set(['EFILEACCESS', 'EURLACCESS', 'EFETCH', 'ESTREAM']);

function toReadError(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if ('code' in cause && CONTENT_CODES.has(cause.code)) return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be read: ${cause.message}.`, { cause });
}
