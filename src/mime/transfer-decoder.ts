import { Base64Decoder } from './base64-decoder';
import { QuotedPrintableDecoder } from './quoted-printable-decoder';

/** Decodes content that arrives in pieces. */
export interface TransferDecoder {
  /** Whether all bytes so far are valid in the encoding and can be read in only one way. */
  readonly isStrict: boolean;
  decode(piece: Buffer): Buffer;
  /** Ends the input and returns what was held back. */
  end(): Buffer;
}

/** The decoder for a Content-Transfer-Encoding. With an unknown one, bytes stay as they are. */
export function createTransferDecoder(encoding: string): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder();
  return { isStrict: true, decode: (piece) => piece, end: () => Buffer.alloc(0) };
}
