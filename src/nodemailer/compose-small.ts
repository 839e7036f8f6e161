// A shortcut: without it Nodemailer streams every message, at up to four streams a part, which takes longer than all
// the rest of a small message. It writes what MimeNode.stream() would, and relies on its order, its blank lines and
// its closing boundaries. compose-small.test.ts compares the two byte for byte, and the matrix of versions does so
// for each Nodemailer that is supported.
import { encode as toBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64';
import type MimeNode from 'nodemailer/lib/mime-node';
import { encode as toQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp';
import { isKnownNode, isUntransformed, rawContent } from './mime-node';

/** Larger contents are better streamed. */
const MAX_BYTES = 256 * 1024;

/** Node takes several times as long per byte to encode longer strings. */
const MAX_STRING_BYTES = 57 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * The whole message, as Nodemailer would stream it, if its contents are small and in memory; undefined for any other.
 * Nodemailer's own functions write the headers and encode the contents.
 */
export function composeAtOnce(message: MimeNode): Buffer | undefined {
  return compose(message, false);
}

/**
 * The same, except that text is left in 8 bits where Nodemailer would make it quoted-printable. Encoding it only to
 * decode it again takes a sixth of the time of a small message. Only for reading: a mail server may insist on lines
 * of 998 bytes.
 */
export function composeForReading(message: MimeNode): Buffer | undefined {
  return compose(message, true);
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

function composeNode(
  node: MimeNode,
  in8Bits: boolean,
  pieces: (string | Buffer)[],
  budget: { bytes: number },
): boolean {
  if (!isKnownNode(node) || rawContent(node) !== undefined) return false;
  const { content } = node;
  if (content !== undefined && typeof content !== 'string' && !Buffer.isBuffer(content)) return false;
  budget.bytes -= content?.length ?? 0;
  if (budget.bytes < 0) return false;
  // buildHeaders() also settles the node's type and encoding.
  const header = node.buildHeaders();
  const encoding = content ? (encodingIn(header) ?? node.getTransferEncoding()) : false;
  const isQuoted = encoding === 'quoted-printable';
  // Outside text a lone CR or LF is data, which Nodemailer encodes in its own way.
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

const ENCODING = 'Content-Transfer-Encoding: ';

/** The encoding that a header names once, spelled as Nodemailer does: to have it chosen again takes longer. */
function encodingIn(header: string): string | undefined {
  const at = header.indexOf(ENCODING);
  const isLine = at === 0 || header[at - 1] === '\n';
  if (!isLine || header.lastIndexOf(ENCODING) !== at) return undefined;
  const end = header.indexOf('\r\n', at);
  return header.slice(at + ENCODING.length, end === -1 ? undefined : end);
}

/** As Nodemailer writes it, unless the app changes how headers are written. */
const QUOTED_PRINTABLE = /^(Content-Transfer-Encoding:) quoted-printable$/gm;

function* encoded(content: string | Buffer, encoding: string | false): Generator<string | Buffer> {
  if (encoding === 'quoted-printable') yield wrapQuotedPrintable(toQuotedPrintable(content));
  else if (encoding === 'base64') yield* inBase64(Buffer.isBuffer(content) ? content : Buffer.from(content));
  else yield content;
}

/** Lines of 76 characters: 57 bytes each. */
function* inBase64(content: Buffer): Generator<string> {
  for (let at = 0; at < content.length; at += MAX_STRING_BYTES) {
    if (at > 0) yield '\r\n';
    yield wrapBase64(toBase64(content.subarray(at, at + MAX_STRING_BYTES)));
  }
}
