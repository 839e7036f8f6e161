import { type Readable, Transform, type TransformCallback } from 'node:stream';
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
import { givenUpError } from '../given-up';
import { type AttachmentContent, messageTooLarge, Spool } from './attachment-content';
import type { MailAttachment, MailContent, MailHeader, MediaType } from './mail-content';
import { PartScanner } from './part-scanner';
import { TakenOut } from './taken-out';

/** A message, in the two forms in which it can be sent on. */
export interface ReadMessage {
  content: MailContent;
  /** The message as it came; undefined when it is longer than what was to be held. */
  raw: Buffer | undefined;
  rawBytes: number;
  /** Gives back what the message occupies on disk; its attachments cannot be read any more. */
  close(): Promise<void>;
}

export interface ReadLimits {
  /** Most bytes that are held in memory of the attachments together, and of the message as it came. */
  heldBytes: number;
  /** Most bytes of attachments, decoded, that a message may have at all. */
  messageBytes: number;
}

/**
 * Reads a MIME message as it streams by. Attachments that are too much for memory go to a temporary file.
 *
 * @throws GraphTransportError `EMESSAGE` when the message cannot be read, and as soon as it is over
 *   `messageBytes`; errors that Nodemailer itself raises (`EFILEACCESS` …) come through as they are
 */
export async function readMessage(
  source: Readable,
  limits: ReadLimits,
  signal?: AbortSignal,
): Promise<ReadMessage> {
  const parser = new BodyParser();
  const raw = new RawCopy(limits);
  const spool = new Spool(limits.heldBytes, limits.messageBytes);
  const takenOut = new TakenOut();
  const scanner = new PartScanner((content) => {
    const taken = spool.take(content);
    taken.catch((error: Error) => scanner.destroy(error));
    return takenOut.add(taken);
  });
  const attachments: MailAttachment[] = [];
  let headers: MailHeader[] = [];
  let text: string | undefined;
  let html: string | undefined;
  let reading: AttachmentStream | undefined;

  // An error of the source ends the parser but not the attachment that is being read from it.
  const fed = pipeline(source, raw, scanner, parser, { signal }).catch((error: Error) => {
    reading?.content.destroy(error);
    throw error;
  });
  // It is awaited below; should it fail before that, the process must not take it for nobody's error.
  fed.catch(() => undefined);
  try {
    for await (const part of parser) {
      if (part.type === 'text') {
        text = part.text;
        html = part.html;
        continue;
      }
      const taken = takenOut.of(part.headers);
      // Of content that was taken out nothing is left to read, so nobody would hear its error.
      reading = taken ? undefined : part;
      attachments.push(toAttachment(part, await (taken ?? spool.take(part.content))));
      part.release?.();
    }
    await fed;
    takenOut.checkAllFound();
    headers = toHeaders(parser.headerLines || []);
  } catch (error) {
    parser.destroy();
    await fed.catch(() => undefined);
    await takenOut.settled();
    await spool.close();
    throw signal?.aborted ? givenUpError(signal) : toReadError(error);
  }
  const structure = scanner.root ?? {
    type: 'text/plain',
    params: {},
    disposition: '',
    filename: undefined,
    children: [],
  };
  return {
    content: { structure, headers, text, html, attachments },
    raw: raw.copy,
    rawBytes: raw.bytes,
    close: () => spool.close(),
  };
}

/** Base64 in lines makes 78 bytes of 57; headers and text in quoted-printable come on top. */
const MIME_PER_CONTENT = 78 / 57;
const MIME_SLACK_BYTES = 1_000_000;

/** What is worked on at a time, even if a message comes in one piece. */
const PIECE_BYTES = 64 * 1024;

/** Lets a message pass, keeps a copy of it while it is small, and stops it when it is too large. */
class RawCopy extends Transform {
  bytes = 0;
  #chunks: Buffer[] | undefined = [];
  readonly #limits: ReadLimits;

  constructor(limits: ReadLimits) {
    super();
    this.#limits = limits;
  }

  get copy(): Buffer | undefined {
    return this.#chunks && Buffer.concat(this.#chunks);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const { heldBytes, messageBytes } = this.#limits;
    this.bytes += chunk.length;
    if (this.bytes > heldBytes) this.#chunks = undefined;
    this.#chunks?.push(chunk);
    if (this.bytes > messageBytes * MIME_PER_CONTENT + MIME_SLACK_BYTES) {
      done(messageTooLarge(messageBytes));
      return;
    }
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) this.push(chunk.subarray(at, at + PIECE_BYTES));
    done();
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

function toAttachment(part: AttachmentStream, content: AttachmentContent): MailAttachment {
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
    // Some readers take a lone CR for the end of a line: what looks like one header to us could be a Bcc to
    // them, and name a recipient who is not in the envelope.
    if (/\r(?!\n)/.test(line)) {
      throw new GraphTransportError(
        'EMESSAGE',
        `The header "${key}" has a carriage return without a line feed.`,
        {
          hint: 'Nothing was sent.',
        },
      );
    }
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
  if (cause instanceof GraphTransportError) return cause;
  if ('code' in cause && CONTENT_CODES.has(cause.code)) return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be read: ${cause.message}.`, { cause });
}
