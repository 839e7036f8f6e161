import { type Readable, Transform } from 'node:stream';
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

/** A message, in the two forms in which it can be sent on. */
export interface ReadMessage {
  content: MailContent;
  /** The message as it came; undefined when it is longer than what was to be held. */
  raw: Buffer | undefined;
  rawBytes: number;
  /** Whether the content of all attachments is there. */
  complete: boolean;
}

/**
 * Reads a MIME message as it streams by.
 *
 * @param maxBytes most bytes that are held of the attachments together, and of the message as it came; a
 *   larger one is read to its end and counted
 * @throws GraphTransportError `EMESSAGE` when the message cannot be read; errors that Nodemailer itself
 *   raises (`EFILEACCESS` …) come through as they are
 */
export async function readMessage(source: Readable, maxBytes: number): Promise<ReadMessage> {
  const parser = new BodyParser();
  const raw = new Held(maxBytes);
  const held = new Held(maxBytes);
  const attachments: MailAttachment[] = [];
  let text: string | undefined;
  let html: string | undefined;
  let reading: AttachmentStream | undefined;

  // An error of the source ends the parser but not the attachment that is being read from it.
  const fed = pipeline(source, raw.tap(), new NamedTextParts(), parser).catch((error: Error) => {
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
      const before = held.bytes;
      for await (const chunk of part.content) held.add(chunk);
      const size = held.bytes - before;
      attachments.push(toAttachment(part, size, held.take() ?? Buffer.alloc(0)));
      part.release?.();
    }
    await fed;
  } catch (error) {
    await fed.catch(() => undefined);
    throw toReadError(error);
  }
  const type = declaredType(parser.headers || new Map()) ?? { value: 'text/plain', params: {} };
  const headers = toHeaders(parser.headerLines || []);
  return {
    content: {
      type,
      headers,
      text,
      html,
      attachments: held.full ? attachments.map(withoutContent) : attachments,
    },
    raw: raw.take(),
    rawBytes: raw.bytes,
    complete: !held.full,
  };
}

/** Bytes that are held up to a limit, and only counted beyond it. */
class Held {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get full(): boolean {
    return this.bytes > this.#maxBytes;
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.full) this.#chunks = [];
    else this.#chunks.push(chunk);
  }

  /** What is held, in one piece; undefined when it was too much. */
  take(): Buffer | undefined {
    const taken = this.full ? undefined : Buffer.concat(this.#chunks);
    this.#chunks = [];
    return taken;
  }

  /** Holds what passes through. */
  tap(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.add(chunk);
        done(null, chunk);
      },
    });
  }
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

function toAttachment(part: AttachmentStream, size: number, content: Buffer): MailAttachment {
  const location = part.headers.get('content-location');
  return {
    filename: part.filename,
    type: declaredType(part.headers) ?? { value: part.contentType, params: {} },
    disposition: part.contentDisposition,
    contentId: part.cid || undefined,
    related: part.related ?? false,
    location: typeof location === 'string' ? location : undefined,
    size,
    content,
  };
}

function withoutContent(attachment: MailAttachment): MailAttachment {
  return { ...attachment, content: Buffer.alloc(0) };
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

/** Errors of Nodemailer's own content sources, which say more than ours could. */
const CONTENT_CODES: ReadonlySet<unknown> = new Set(['EFILEACCESS', 'EURLACCESS', 'EFETCH', 'ESTREAM']);

function toReadError(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if ('code' in cause && CONTENT_CODES.has(cause.code)) return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be read: ${cause.message}.`, { cause });
}
