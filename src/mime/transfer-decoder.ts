import { Base64Decoder } from './base64-decoder';

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

/**
 * Decodes quoted-printable that arrives in pieces, and notes whether another reader could decode it
 * differently.
 */
export class QuotedPrintableDecoder {
  /** Whether the input was nothing but quoted-printable (RFC 2045, section 6.7). */
  isStrict = true;
  /** What could be the start of something: `=`, `=C`, or white space before a possible line ending. */
  #rest = '';

  decode(piece: Buffer): Buffer {
    const text = this.#rest + piece.toString('latin1');
    const [rest = ''] = /(?:=[^\n]?|[ \t]?\r|[ \t])$/.exec(text) ?? [];
    this.#rest = rest;
    return this.#decode(text.slice(0, text.length - rest.length));
  }

  /** Ends the input and returns what was held back. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = '';
    if (/^[ \t]/.test(rest)) this.isStrict = false;
    // A line that ends in "=" may be the last one.
    return this.#decode(rest === '=' || rest === '=\r' ? '' : rest);
  }

  #decode(text: string): Buffer {
    // White space at the end of a line may have been added in transit; decoders treat it differently.
    this.isStrict &&= !/=(?!\r?\n|[0-9a-f]{2})|[^\t\r\n\x20-\x7e]|[ \t]\r?\n|\r(?!\n)/i.test(text);
    return Buffer.from(
      text.replace(/=(?:\r?\n|([0-9a-f]{2}))/gi, (_, hex: string | undefined) =>
        hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      'latin1',
    );
  }
}
