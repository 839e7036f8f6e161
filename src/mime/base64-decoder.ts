const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 64;
/** The value of every byte as a digit of base64. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = ALPHABET.indexOf(String.fromCharCode(byte));
  return value === -1 ? NO_DIGIT : value;
});

const LF = 0x0a;
const CR = 0x0d;
const PADDING = 0x3d;
const WHITE_SPACE: readonly number[] = [CR, LF, 0x20, 0x09];

/**
 * Decodes base64 that comes in pieces, as mailparser does: what is no digit is passed over, and after
 * padding a group of four begins anew, since there are writers that pad every line.
 */
export class Base64Decoder {
  /** Whether nothing but base64 was there, padded at its end only: else another reader may decode less of it. */
  isStrict = true;
  #isPadded = false;
  /** The digits of the group that is open, and their number. */
  #bits = 0;
  #count = 0;

  /** The bytes that the piece completes. */
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
    // What is padded is the last line, nearly always: it must not slow down all that stand before it.
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

  /** There is no more: bits that make no byte are lost, unless they are zero. */
  end(): Buffer {
    const left = this.#count === 0 ? 0 : this.#bits & (this.#count === 2 ? 0xf : 3);
    if (this.#count === 1 || left !== 0) this.isStrict = false;
    return Buffer.alloc(0);
  }
}

/**
 * Decodes lines of whole groups without anything else in them, which is nearly all there is, and far faster
 * than digit by digit. Undefined when they are not that; Node does not say, but then less comes out.
 */
function decodeLines(lines: Buffer, target: Buffer): number | undefined {
  const digits = lines.length - lineEndBytes(lines);
  // To Node these two are digits as well.
  if (digits % 4 !== 0 || lines.includes('-') || lines.includes('_')) return undefined;
  const written = target.write(lines.toString('latin1'), 'base64');
  return written === (digits / 4) * 3 ? written : undefined;
}

function lineEndBytes(lines: Buffer): number {
  let bytes = 0;
  let begin = 0;
  let length = 0;
  while (begin < lines.length) {
    // Lines of base64 are nearly always as long as the one before: a look is cheaper than a search.
    const isAsLong = length > 0 && lines[begin + length - 1] === LF;
    const end = isAsLong ? begin + length : lines.indexOf(LF, begin) + 1;
    if (end === 0) break;
    bytes += lines[end - 2] === CR ? 2 : 1;
    length = end - begin;
    begin = end;
  }
  return bytes;
}
