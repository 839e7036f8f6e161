import { Readable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';

/**
 * The piece that is encoded at a time. It makes whole lines, since base64 turns 57 bytes into 76 characters.
 */
const PIECE_BYTES = 57 * 1024;

/**
 * Makes Nodemailer encode large contents in memory piece by piece. Otherwise it treats each as a single piece
 * and makes several full copies. The message is the same, byte for byte, but can be read only once.
 */
export function encodeInPieces(node: MimeNode): void {
  for (const child of node.childNodes) encodeInPieces(child);
  const { content } = node;
  const isLarge = (typeof content === 'string' || Buffer.isBuffer(content)) && content.length > PIECE_BYTES;
  if (!isLarge || !isBase64(node)) return;
  node.setContent(Readable.from(piecesOf(Buffer.isBuffer(content) ? content : Buffer.from(content))));
}

/** Only as declared: if Nodemailer has yet to choose an encoding, the choice depends on the content. */
function isBase64(node: MimeNode): boolean {
  return /^\s*base64\s*$/i.test(String(node.getHeader('Content-Transfer-Encoding')));
}

function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}
