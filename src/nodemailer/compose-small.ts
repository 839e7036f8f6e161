import { encode as toBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64';
import type MimeNode from 'nodemailer/lib/mime-node';
import { encode as toQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp';

/** Contents of more bytes than this in all are better streamed. */
const MAX_BYTES = 256 * 1024;

/** Longer strings take Node several times as long, byte for byte, to turn into bytes. */
const MAX_STRING_BYTES = 57 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * The whole of a message whose contents are small and in memory, the same as Nodemailer streams it; undefined
 * for any other. Nodemailer has up to four streams for every part, which take longer than all the rest of a
 * small message. What it writes headers and encodes contents with is its own here too.
 */
export function composeAtOnce(message: MimeNode): Buffer | undefined {
  return compose(message, false);
}

/**
 * The same, but for text that would be quoted-printable, which is left in 8 bits. To encode it only to have it
 * decoded again takes a sixth of all that a small message takes. Not for a mail server, which may want lines
 * of 998 bytes.
 */
export function composeForReading(message: MimeNode): Buffer | undefined {
  return compose(message, true);
}

/** As much of a raw message as its header may have. */
const MAX_HEADER_BYTES = 256 * 1024;

/**
 * The header of a message, and perhaps more, without reading its contents; undefined when only reading tells, because
 * it is a raw stream or file, or a plugin changes it as it is written.
 */
export function headerAtOnce(message: MimeNode): Buffer | undefined {
  if (!isUntransformed(message)) return undefined;
  const raw = '_raw' in message ? message._raw : undefined;
  if (!raw) return Buffer.from(`${message.buildHeaders()}\r\n\r\n`);
  if (typeof raw === 'string') return Buffer.from(raw.slice(0, MAX_HEADER_BYTES));
  return Buffer.isBuffer(raw) ? raw.subarray(0, MAX_HEADER_BYTES) : undefined;
}

function compose(message: MimeNode, in8Bits: boolean): Buffer | undefined {
  if (!isUntransformed(message)) return undefined;
  const pieces: (string | Buffer)[] = [];
  const budget = { bytes: MAX_BYTES };
  if (!composeNode(message, in8Bits, pieces, budget)) return undefined;
  const last = pieces.at(-1);
  const lastByte = typeof last === 'string' ? last.charCodeAt(last.length - 1) : last?.at(-1);
  if (lastByte !== LF) pieces.push(lastByte === CR ? '\n' : '\r\n');
  const isShort = MAX_BYTES - budget.bytes < MAX_STRING_BYTES;
  if (isShort && pieces.every((piece) => typeof piece === 'string')) return Buffer.from(pieces.join(''));
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

/** Whether no plugin changes the message as it is written. Nodemailer does not tell: unless it is clear, no. */
function isUntransformed(message: MimeNode): boolean {
  return (
    !message.newline &&
    '_transforms' in message &&
    isEmptyList(message._transforms) &&
    '_processFuncs' in message &&
    isEmptyList(message._processFuncs)
  );
}

function isEmptyList(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

function composeNode(
  node: MimeNode,
  in8Bits: boolean,
  pieces: (string | Buffer)[],
  budget: { bytes: number },
): boolean {
  if ('_raw' in node && node._raw) return false;
  const { content } = node;
  if (content !== undefined && typeof content !== 'string' && !Buffer.isBuffer(content)) return false;
  budget.bytes -= content?.length ?? 0;
  if (budget.bytes < 0) return false;
  // What kind of node it is, it knows from here on, and its encoding.
  const header = node.buildHeaders();
  const encoding = node.getTransferEncoding();
  const isQuoted = encoding === 'quoted-printable';
  // Outside text a lone CR or LF is data, for which Nodemailer has an encoding of its own.
  if (isQuoted && !/^text\//i.test(node.contentType ?? '')) return false;
  const plainHeader = in8Bits && isQuoted ? header.replace(QUOTED_PRINTABLE, '$1 8bit') : header;
  pieces.push(`${plainHeader}\r\n\r\n`);
  if (content) pieces.push(...(plainHeader === header ? encoded(content, encoding) : [content]));
  if (!node.multipart) return true;
  for (const [index, child] of node.childNodes.entries()) {
    pieces.push(`${index > 0 ? '\r\n' : ''}--${node.boundary}\r\n`);
    if (!composeNode(child, in8Bits, pieces, budget)) return false;
  }
  pieces.push(`\r\n--${node.boundary}--\r\n`);
  return true;
}

/** As Nodemailer writes it, unless the app has it write headers in a way of its own. */
const QUOTED_PRINTABLE = /^(Content-Transfer-Encoding:) quoted-printable$/gm;

function* encoded(content: string | Buffer, encoding: string | false): Generator<string | Buffer> {
  if (encoding === 'quoted-printable') yield wrapQuotedPrintable(toQuotedPrintable(content));
  else if (encoding === 'base64') yield* inBase64(Buffer.isBuffer(content) ? content : Buffer.from(content));
  else yield content;
}

/** Lines of 76 characters, which stand for 57 bytes each. */
function* inBase64(content: Buffer): Generator<string> {
  for (let at = 0; at < content.length; at += MAX_STRING_BYTES) {
    if (at > 0) yield '\r\n';
    yield wrapBase64(toBase64(content.subarray(at, at + MAX_STRING_BYTES)));
  }
}
