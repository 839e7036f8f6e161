import { decodeLines } from './base64-lines';

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

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 64;
/** The value of each byte as a base64 digit. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = ALPHABET.indexOf(String.fromCharCode(byte));
  return value === -1 ? NO_DIGIT : value;
});

const LF = 0x0a;
const CR = 0x0d;
const PADDING = 0x3d;
const WHITE_SPACE: readonly number[] = [CR, LF, 0x20, 0x09];

/**
 * Decodes base64 that arrives in pieces, the way mailparser does: it skips anything that is not a digit, and
 * starts a new group of four after padding, since some programs pad every line.
 */
class Base64Decoder {
  /**
   * Whether the input was pure base64 with padding only at its end. Otherwise another reader may decode less of
   * it.
   */
  isStrict = true;
  #isPadded = false;
  /** The digits of the current group, and how many there are. */
  #bits = 0;
  #count = 0;

  /** The bytes that this piece completes. */
  decode(base64: Buffer): Buffer {
    const bytes = Buffer.allocUnsafe(Math.ceil(base64.length / 4) * 3);
    let at = 0;
    let to = 0;
    const next = () => {
      const byte = base64[at++] ?? 0;
      const digit = DIGITS[byte] ?? NO_DIGIT;
      if (byte === PADDING) {
        if (!this.#isPadded && this.#count < 2) this.isStrict = false;
        this.#isPadded = true;
        this.#count = 0;
      }
      if (digit === NO_DIGIT) {
        if (byte !== PADDING && !WHITE_SPACE.includes(byte)) this.isStrict = false;
        return;
      }
      if (this.#isPadded) this.isStrict = false;
      this.#bits = (this.#bits << 6) | digit;
      this.#count++;
      if (this.#count > 1) bytes[to++] = this.#bits >> ((4 - this.#count) * 2);
      this.#count %= 4;
    };
    while (this.#count > 0 && at < base64.length) next();
    // Nearly always only the last line is padded, and it must not slow down the lines before it.
    const padding = base64.indexOf(PADDING, at);
    const end = base64.lastIndexOf(LF, padding === -1 ? base64.length : padding) + 1;
    const lines = base64.subarray(at, Math.max(at, end));
    const written = decodeLines(lines, bytes.subarray(to));
    at += written === undefined ? 0 : lines.length;
    to += written ?? 0;
    if (written && this.#isPadded) this.isStrict = false;
    while (at < base64.length) next();
    return bytes.subarray(0, to);
  }

  /** Ends the input. Bits that do not make a whole byte are lost, unless they are zero. */
  end(): Buffer {
    const left = this.#count === 0 ? 0 : this.#bits & (this.#count === 2 ? 0xf : 3);
    if (this.#count === 1 || left !== 0) this.isStrict = false;
    return Buffer.alloc(0);
  }
}

/**
 * Decodes quoted-printable that arrives in pieces, and notes whether another reader could decode it
 * differently.
 */
class QuotedPrintableDecoder {
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
