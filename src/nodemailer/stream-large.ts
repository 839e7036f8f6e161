// A shortcut: without it a large Buffer costs several copies in memory. It relies on setContent() after compile(), with
// a stream, giving the same bytes; stream-large.test.ts compares them.
import { Readable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';
import { isKnownNode } from './mime-node';

/** How much is encoded at a time: whole lines, since base64 turns 57 bytes into 76 characters. */
const PIECE_BYTES = 57 * 1024;

/**
 * Makes Nodemailer encode large contents in memory piece by piece. Otherwise it encodes each in one go, and makes
 * several copies of it. The message is the same, byte for byte, but can be read only once.
 */
export function encodeInPieces(node: MimeNode): void {
  if (!isKnownNode(node)) return;
  for (const child of node.childNodes) encodeInPieces(child);
  const { content } = node;
  const isLarge = (typeof content === 'string' || Buffer.isBuffer(content)) && content.length > PIECE_BYTES;
  if (!isLarge || !isBase64(node)) return;
  node.setContent(Readable.from(piecesOf(Buffer.isBuffer(content) ? content : Buffer.from(content))));
}

/** By its header: if there is none, Nodemailer chooses the encoding by looking at the content. */
function isBase64(node: MimeNode): boolean {
  return /^\s*base64\s*$/i.test(String(node.getHeader('Content-Transfer-Encoding')));
}

function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}
