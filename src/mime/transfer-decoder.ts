import { decodeLines } from './base64-lines';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EQUALS = 0x3d;
const TILDE = 0x7e;

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

const WHITE_SPACE: readonly number[] = [CR, LF, SPACE, TAB];

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
      if (byte === EQUALS) {
        if (!this.#isPadded && this.#count < 2) this.isStrict = false;
        this.#isPadded = true;
        this.#count = 0;
      }
      if (digit === NO_DIGIT) {
        if (byte !== EQUALS && !WHITE_SPACE.includes(byte)) this.isStrict = false;
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
    const padding = base64.indexOf(EQUALS, at);
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
    const bytes = this.#rest === '' ? piece : Buffer.concat([Buffer.from(this.#rest, 'latin1'), piece]);
    const [rest = ''] = /(?:=[^\n]?|[ \t]?\r|[ \t])$/.exec(bytes.toString('latin1', bytes.length - 2)) ?? [];
    this.#rest = rest;
    return this.#decode(bytes.subarray(0, bytes.length - rest.length));
  }

  /** Ends the input and returns what was held back. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = '';
    if (/^[ \t]/.test(rest)) this.isStrict = false;
    // A line that ends in "=" may be the last one.
    return this.#decode(Buffer.from(rest === '=' || rest === '=\r' ? '' : rest, 'latin1'));
  }

  /** Byte by byte, which takes a quarter of the time of regular expressions. */
  #decode(bytes: Buffer): Buffer {
    const decoded = Buffer.allocUnsafe(bytes.length);
    let to = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === EQUALS) {
        const lineEnd = lineEndAt(bytes, at + 1);
        const value = lineEnd === 0 ? hexByteAt(bytes, at + 1) : undefined;
        if (lineEnd > 0) at += lineEnd;
        else if (value === undefined) {
          this.isStrict = false;
          decoded[to++] = byte;
        } else {
          decoded[to++] = value;
          at += 2;
        }
        continue;
      }
      if (byte < SPACE || byte > TILDE) this.isStrict &&= isStrictAt(bytes, at);
      decoded[to++] = byte;
    }
    return decoded.subarray(0, to);
  }
}

/** The length of the line ending that begins there; 0 if none does. */
function lineEndAt(bytes: Buffer, at: number): number {
  if (bytes[at] === LF) return 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? 2 : 0;
}

/**
 * Whether a byte that is not printable means the same to all decoders: a tab, or a line ending that no white space
 * precedes. White space at the end of a line may have been added in transit, and decoders treat it differently.
 */
function isStrictAt(bytes: Buffer, at: number): boolean {
  if (bytes[at] === TAB) return true;
  if (bytes[at] === CR) return bytes[at + 1] === LF;
  if (bytes[at] !== LF) return false;
  const before = bytes[bytes[at - 1] === CR ? at - 2 : at - 1];
  return before !== SPACE && before !== TAB;
}

/** The values of hexadecimal digits by their character code; -1 for all other bytes. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-f]/i.test(String.fromCharCode(byte)) ? Number.parseInt(String.fromCharCode(byte), 16) : -1,
);

/** The byte that two hexadecimal digits stand for; undefined if there are none. */
export function hexByteAt(bytes: Buffer, at: number): number | undefined {
  const high = HEX[bytes[at] ?? 0] ?? -1;
  const low = HEX[bytes[at + 1] ?? 0] ?? -1;
  return high < 0 || low < 0 ? undefined : high * 16 + low;
}
