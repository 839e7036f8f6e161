import { Base64Decoder } from './base64-decoder';
import { QuotedPrintableDecoder } from './quoted-printable-decoder';

/** Decodes a content that comes in pieces. */
export interface TransferDecoder {
  /** Whether all bytes so far are what the encoding allows, and mean one thing only. */
  readonly isStrict: boolean;
  decode(piece: Buffer): Buffer;
  /** What was held back. */
  end(): Buffer;
}

/** The decoder of a Content-Transfer-Encoding; bytes in one that is not known stay as they are. */
export function createTransferDecoder(encoding: string): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder();
  return { isStrict: true, decode: (piece) => piece, end: () => Buffer.alloc(0) };
}
