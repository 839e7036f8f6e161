import type { Attachment, AttachmentLike, SendMailOptions } from 'nodemailer';

/** A message for a queue: what `sendMail` takes, but without streams and with its own Message-ID. */
export interface QueuedMessage extends SendMailOptions {
  /**
   * Identifies the message in the queue and in the mailbox, so it must be the same each time the message is
   * added or sent. Derive it from what the mail is about, such as an order number.
   */
  messageId: string;
}

/** Bytes in a form that JSON can carry and Nodemailer reads. */
export interface StoredBytes {
  /** The bytes in base64. */
  content: string;
  /** Tells Nodemailer how `content` is encoded. */
  encoding: 'base64';
}

/** A message as it waits in Redis: the data of a job. */
export interface StoredMessage extends Omit<QueuedMessage, 'raw'> {
  /** A message that was composed elsewhere. */
  raw?: QueuedMessage['raw'] | StoredBytes;
}

type Content = Exclude<SendMailOptions['html'], undefined>;

/**
 * The message in a form that JSON can carry: bytes become base64, dates become text.
 *
 * DKIM keys and SMTP credentials are left out: Graph has no use for them, and Redis should not hold them.
 *
 * @throws TypeError if something in the message, such as a stream, cannot be stored
 */
export function toStored(message: QueuedMessage): StoredMessage {
  const { dkim, _dkim, auth, date, text, html, watchHtml, amp, icalEvent, raw, ...others } = message;
  const stored: StoredMessage = {
    ...others,
    date: date instanceof Date ? toDateField(date) : date,
    text: toStoredContent(text),
    html: toStoredContent(html),
    watchHtml: toStoredContent(watchHtml),
    amp: toStoredContent(amp),
    icalEvent: toStoredContent(icalEvent),
    attachments: message.attachments?.map(toStoredPart),
    alternatives: message.alternatives?.map(toStoredPart),
    raw: isBytes(raw) ? toStoredBytes(raw) : raw,
  };
  refuseUnstorable(stored, 'message');
  return stored;
}

/** The stored message, as `sendMail` takes it. */
export function fromStored(message: StoredMessage): SendMailOptions {
  const { text, html, watchHtml, amp, icalEvent, raw, ...others } = message;
  return {
    ...others,
    text: fromStoredContent(text),
    html: fromStoredContent(html),
    watchHtml: fromStoredContent(watchHtml),
    amp: fromStoredContent(amp),
    icalEvent: fromStoredContent(icalEvent),
    raw: fromStoredContent(raw),
  };
}

/** In an attachment, Nodemailer decodes base64 itself. It does not do so for an empty body or a raw message. */
function fromStoredContent<Value>(value: Value | StoredBytes): Value | Buffer {
  return isStoredBytes(value) ? Buffer.from(value.content, value.encoding) : value;
}

function isStoredBytes(value: unknown): value is StoredBytes {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  return (
    'content' in value &&
    typeof value.content === 'string' &&
    'encoding' in value &&
    value.encoding === 'base64'
  );
}

function toStoredContent(content: Content | undefined): Content | undefined {
  if (isBytes(content)) return toStoredBytes(content);
  if (typeof content !== 'object' || content === null || 'pipe' in content) return content;
  return toStoredPart(content);
}

function toStoredPart<Part extends Attachment | AttachmentLike>(part: Part): Part {
  return isBytes(part?.content) ? { ...part, ...toStoredBytes(part.content) } : part;
}

function toStoredBytes(bytes: Uint8Array): StoredBytes {
  const { buffer, byteOffset, byteLength } = bytes;
  return { content: Buffer.from(buffer, byteOffset, byteLength).toString('base64'), encoding: 'base64' };
}

/**
 * Formats a Date as Nodemailer writes it into a header. A string is written as it is, and JSON's date format is
 * not valid in mail.
 */
function toDateField(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

function refuseUnstorable(value: unknown, path: string): void {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new TypeError(`${path} is a ${typeof value}, which cannot wait in a queue. Leave it out.`);
  }
  if (typeof value !== 'object' || value === null) return;
  if (isStream(value)) {
    throw new TypeError(
      `${path} is a stream, which cannot wait in a queue. Use a path, a string or a Buffer instead.`,
    );
  }
  if (isBytes(value)) {
    throw new TypeError(`${path} is bytes, which a queue accepts only as content. Use a string instead.`);
  }
  if (value instanceof AbortSignal || value instanceof Map || value instanceof Set) {
    throw new TypeError(
      `${path} is of ${value.constructor.name}, which cannot wait in a queue. Leave it out.`,
    );
  }
  for (const [name, inner] of Object.entries(value)) refuseUnstorable(inner, `${path}.${name}`);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** A stream of Node's or of the web, or anything else that can be read only once. */
function isStream(value: object): boolean {
  return 'pipe' in value || 'getReader' in value || Symbol.asyncIterator in value;
}
