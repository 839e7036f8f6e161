import { Readable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';

/** What is encoded at a time: whole lines, since base64 makes 76 characters of 57 bytes. */
const PIECE_BYTES = 57 * 1024;

/**
 * Has Nodemailer encode large contents that are in memory piece by piece. It takes each for one piece
 * otherwise, and makes several copies of all of it. The message is the same, byte for byte, but can be read
 * only once.
 */
export function encodeInPieces(node: MimeNode): void {
  for (const child of node.childNodes) encodeInPieces(child);
  const { content } = node;
  const isLarge = (typeof content === 'string' || Buffer.isBuffer(content)) && content.length > PIECE_BYTES;
  if (!isLarge || !isBase64(node)) return;
  node.setContent(Readable.from(piecesOf(Buffer.isBuffer(content) ? content : Buffer.from(content))));
}

/** As declared: an encoding that Nodemailer has yet to choose depends on the content. */
function isBase64(node: MimeNode): boolean {
  return /^\s*base64\s*$/i.test(String(node.getHeader('Content-Transfer-Encoding')));
}

function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}
