// A shortcut: without it Nodemailer streams every message, at up to four streams a part, which takes longer than all
// the rest of a small message. It writes what MimeNode.stream() would, and relies on its order, its blank lines and
// its closing boundaries. compose-small.test.ts compares the two byte for byte, and the matrix of versions does so
// for each Nodemailer that is supported.
import type MimeNode from 'nodemailer/lib/mime-node';
import { encode as toQuotedPrintable, wrap as wrapQuotedPrintable } from 'nodemailer/lib/qp';
import { Base64Content, type MessagePiece } from '../mime/base64-content';
import { QuotedPrintableContent } from '../mime/quoted-printable-content';
import { isKnownNode, isUntransformed, rawContent } from './mime-node';

/** Larger contents are better streamed. */
const MAX_BYTES = 256 * 1024;
/** Contents that are in memory and become base64 are not copied: only a message that is not kept is streamed. */
const MAX_IN_BASE64 = 2_000_000;

/** Node takes several times as long per byte to encode longer strings. */
const MAX_STRING_BYTES = 57 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * The whole message, as Nodemailer would stream it, if its contents are small and in memory; undefined for any other.
 * Nodemailer's own functions write the headers and encode the text. Encoded contents are given as what they hold, to be
 * read without decoding them. Lines of base64 are left to be made when they are needed: of what is only read, they never
 * are.
 */
export function composeAtOnce(message: MimeNode): MessagePiece[] | undefined {
  return compose(message, false);
}

/**
 * The same, except that text is left in 8 bits where Nodemailer would make it quoted-printable, which takes time. Only
 * for reading: a mail server may insist on lines of 998 bytes.
 */
export function composeForReading(message: MimeNode): MessagePiece[] | undefined {
  return compose(message, true);
}

function compose(message: MimeNode, in8Bits: boolean): MessagePiece[] | undefined {
  if (!isUntransformed(message)) return undefined;
  const pieces: Piece[] = [];
  const budget = { bytes: MAX_BYTES, inBase64: MAX_IN_BASE64 };
  if (!composeNode(message, in8Bits, pieces, budget)) return undefined;
  const last = pieces.findLast(({ length }) => length > 0);
  const lastByte = lastByteOf(last);
  if (lastByte !== LF) pieces.push(lastByte === CR ? '\n' : '\r\n');
  return joined(pieces, MAX_BYTES - budget.bytes < MAX_STRING_BYTES);
}

type Piece = string | MessagePiece;

function lastByteOf(piece: Piece | undefined): number | undefined {
  if (Buffer.isBuffer(piece)) return piece.at(-1);
  const text = piece instanceof QuotedPrintableContent ? piece.text : piece;
  return typeof text === 'string' ? text.charCodeAt(text.length - 1) : undefined;
}

/** All text and bytes between two encoded contents as one piece. */
function joined(pieces: readonly Piece[], isShort: boolean): MessagePiece[] {
  const all: MessagePiece[] = [];
  let run: (string | Buffer)[] = [];
  const endRun = () => {
    if (run.length > 0) all.push(toBytes(run, isShort));
    run = [];
  };
  for (const piece of pieces) {
    if (typeof piece === 'string' || Buffer.isBuffer(piece)) run.push(piece);
    else {
      endRun();
      all.push(piece);
    }
  }
  endRun();
  return all;
}

function toBytes(run: readonly (string | Buffer)[], isShort: boolean): Buffer {
  if (isShort && run.every((piece) => typeof piece === 'string')) return Buffer.from(run.join(''));
  return Buffer.concat(run.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

function composeNode(
  node: MimeNode,
  in8Bits: boolean,
  pieces: Piece[],
  budget: { bytes: number; inBase64: number },
): boolean {
  if (!isKnownNode(node) || rawContent(node) !== undefined) return false;
  const { content } = node;
  if (content !== undefined && typeof content !== 'string' && !Buffer.isBuffer(content)) return false;
  // buildHeaders() also settles the node's type and encoding.
  const header = node.buildHeaders();
  const encoding = content ? (encodingIn(header) ?? node.getTransferEncoding()) : false;
  budget[encoding === 'base64' ? 'inBase64' : 'bytes'] -= content?.length ?? 0;
  if (budget.bytes < 0 || budget.inBase64 < 0) return false;
  const isQuoted = encoding === 'quoted-printable';
  // Outside text a lone CR or LF is data, which Nodemailer encodes in its own way.
  if (isQuoted && !/^text\//i.test(node.contentType ?? '')) return false;
  const plainHeader = in8Bits && isQuoted ? header.replace(QUOTED_PRINTABLE, '$1 8bit') : header;
  pieces.push(`${plainHeader}\r\n\r\n`);
  if (content) pieces.push(plainHeader === header ? encoded(content, encoding) : content);
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
  if (header[at - 1] !== '\n' || header.lastIndexOf(ENCODING) !== at) return undefined;
  const end = header.indexOf('\r\n', at);
  return header.slice(at + ENCODING.length, end === -1 ? undefined : end);
}

/** As Nodemailer writes it, unless the app changes how headers are written. */
const QUOTED_PRINTABLE = /^(Content-Transfer-Encoding:) quoted-printable$/gm;

function encoded(content: string | Buffer, encoding: string | false): Piece {
  if (encoding !== 'quoted-printable' && encoding !== 'base64') return content;
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
  if (encoding === 'base64') return new Base64Content(bytes);
  return QuotedPrintableContent.of(bytes, wrapQuotedPrintable(toQuotedPrintable(bytes)));
}
