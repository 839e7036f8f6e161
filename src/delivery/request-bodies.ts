import type { RequestBody } from '../graph/calls';
import type { GraphAttachment } from '../message/attachments';
import type { GraphMessage } from '../message/graph-message';
import { bytesOf, type MessagePiece } from '../mime/base64-content';
import type { AttachmentContent } from '../mime/spool';

/** The body of a request to Graph's sendMail. */
export interface SendMailRequest {
  contentType: string;
  body: RequestBody;
}

/**
 * A message as JSON.
 *
 * @param isClean whether it is known to have no control characters: to look for them takes as long as all the rest
 */
export function jsonRequest(
  message: GraphMessage,
  saveToSentItems: boolean,
  isClean = false,
): SendMailRequest {
  return { contentType: 'application/json', body: sendMailJson(message, saveToSentItems, isClean) };
}

/** A message as MIME: all of it in base64, with nothing around it. */
export function mimeRequest(mime: readonly MessagePiece[]): SendMailRequest {
  const bytes = mime.reduce((sum, { length }) => sum + length, 0);
  // A small message is sent in one piece.
  const pieces = bytes > PIECE_BYTES ? mime : [Buffer.concat([...bytesOf(mime)])];
  return {
    contentType: 'text/plain',
    body: { length: base64Length(bytes), pieces: () => base64Pieces(bytesOf(pieces)) },
  };
}

/** JSON as text, except that contents stand for their base64. */
type Part = string | AttachmentContent;

/** A value without attachments. */
export function plainJson(value: object): RequestBody {
  return bodyOf([JSON.stringify(value, withoutControlCharacters)]);
}

/** The request that sends a message. */
export function sendMailJson(message: GraphMessage, saveToSentItems: boolean, isClean = false): RequestBody {
  return bodyOf(['{"message":', ...messageParts(message, isClean), `,"saveToSentItems":${saveToSentItems}}`]);
}

/** A message in the form in which Graph stores it. */
export function messageJson(message: GraphMessage): RequestBody {
  return bodyOf(messageParts(message));
}

/** An attachment. */
export function attachmentJson(attachment: GraphAttachment): RequestBody {
  return bodyOf(attachmentParts(attachment));
}

function messageParts(whole: GraphMessage, isClean = false): Part[] {
  if (isClean && whole.attachments === undefined) return cleanParts(whole);
  const { attachments = [], ...message } = whole;
  const json = JSON.stringify(message, withoutControlCharacters);
  if (attachments.length === 0) return [json];
  const list = attachments.flatMap((attachment, index) => [
    ...(index > 0 ? [','] : []),
    ...attachmentParts(attachment),
  ]);
  return [`${json.slice(0, -1)},"attachments":[`, ...list, ']}'];
}

/** The body apart: V8 takes twice as long for its ASCII in one string with characters that need two bytes. */
function cleanParts(message: GraphMessage): string[] {
  const { body } = message;
  const json = JSON.stringify({ ...message, body: undefined });
  if (!body || json === '{}') return [JSON.stringify(message)];
  return [`${json.slice(0, -1)},"body":`, JSON.stringify(body), '}'];
}

function attachmentParts({ contentBytes, ...attachment }: GraphAttachment): Part[] {
  return [
    `${JSON.stringify(attachment, withoutControlCharacters).slice(0, -1)},"contentBytes":"`,
    contentBytes,
    '"}',
  ];
}

/**
 * Base64 needs no escaping, so megabytes of content can bypass JSON.stringify. There is text before each content,
 * and at the end.
 */
function bodyOf(parts: readonly Part[]): RequestBody {
  if (parts.every((part) => typeof part === 'string')) return textBody(parts);
  const pieces: (Buffer | AttachmentContent)[] = [];
  let texts: string[] = [];
  const endText = () => {
    pieces.push(inUtf8(texts));
    texts = [];
  };
  for (const part of parts) {
    if (typeof part === 'string') {
      texts.push(part);
    } else {
      endText();
      pieces.push(part);
    }
  }
  endText();
  return {
    length: pieces.reduce(
      (bytes, piece) => bytes + (Buffer.isBuffer(piece) ? piece.length : base64Length(piece.size)),
      0,
    ),
    *pieces() {
      for (const piece of pieces) {
        if (Buffer.isBuffer(piece)) yield piece;
        else if (piece.held) yield* base64Pieces([piece.held]);
        else throw new Error('the content of an attachment is not in memory');
      }
    },
  };
}

function textBody(texts: readonly string[]): RequestBody {
  const bytes = inUtf8(texts);
  return { length: bytes.length, pieces: () => [bytes] };
}

function inUtf8(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const [index, text] of texts.entries()) {
    // Node takes many times as long to write ASCII as UTF-8.
    at += bytes.write(text, at, lengths[index] === text.length ? 'latin1' : 'utf8');
  }
  return bytes;
}

/**
 * How much is encoded at a time: whole groups of three bytes, which become four characters. V8 does not put
 * strings over 128 KB among its young objects, and they take six times as long to create and to free.
 */
const PIECE_BYTES = 48 * 1024;

/** The length of `bytes` bytes in base64. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** The bytes of all buffers in base64, piece by piece, so that it need not all be in memory at once. */
function* base64Pieces(buffers: Iterable<Buffer>): Generator<Buffer> {
  // Base64 turns three bytes into four characters: fewer wait for the next buffer.
  let rest: Buffer = Buffer.alloc(0);
  for (const buffer of buffers) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, buffer]) : buffer;
    const end = bytes.length - (bytes.length % 3);
    for (let at = 0; at < end; at += PIECE_BYTES) {
      yield inBase64(bytes.subarray(at, Math.min(at + PIECE_BYTES, end)));
    }
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield inBase64(rest);
}

function inBase64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64'), 'latin1');
}

/**
 * Line breaks and tabs are allowed in a body. What Graph does with other control characters is not documented.
 */
const IN_BODY = /[^\P{Cc}\t\n\r]/u;
const ELSEWHERE = /\p{Cc}/u;

/** The property that holds the text of a body. */
const BODY = 'content';

/**
 * Removes control characters from values that become JSON, as the replacer of `JSON.stringify`. All JSON
 * requests use it, so no control character reaches Graph.
 */
export function withoutControlCharacters(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const pattern = key === BODY ? IN_BODY : ELSEWHERE;
  return pattern.test(value) ? value.replace(new RegExp(pattern, 'gu'), key === BODY ? '' : ' ') : value;
}

/** Where a message has characters that `withoutControlCharacters` removes, in words. */
export function controlCharactersIn(message: object): string[] {
  const places = Object.entries(message).filter(([key, value]) => hasSome(key, value));
  return places.map(([key]) => `control characters in ${PLACES[key] ?? key}`);
}

function hasSome(key: string, value: unknown): boolean {
  if (typeof value === 'string') return (key === BODY ? IN_BODY : ELSEWHERE).test(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  // The contents of attachments are sent as base64.
  if (Array.isArray(value)) return value.some((entry) => hasSome('', entry));
  for (const [inner, entry] of Object.entries(value)) {
    if (inner !== 'contentBytes' && hasSome(inner, entry)) return true;
  }
  return false;
}

const PLACES: Readonly<Record<string, string>> = {
  subject: 'the subject',
  body: 'the body',
  from: 'the name in From',
  sender: 'the name in Sender',
  replyTo: 'a name in Reply-To',
  toRecipients: 'a name in To',
  ccRecipients: 'a name in Cc',
  bccRecipients: 'a name in Bcc',
  internetMessageId: 'the Message-ID',
  internetMessageHeaders: 'a header',
  singleValueExtendedProperties: 'a header',
  categories: 'a category',
  attachments: 'an attachment',
};
