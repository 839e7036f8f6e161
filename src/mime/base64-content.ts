import type { QuotedPrintableContent } from './quoted-printable-content';

/** How much is encoded at a time: whole lines, which hold 57 bytes each. */
const LINE_BYTES = 57;
const LINE_DIGITS = 76;
const ROWS = 840;

const CR = 0x0d;
const LF = 0x0a;

/** Bytes in place of their lines of base64, which are made only if someone asks for them. */
export class Base64Content {
  readonly encoding = 'base64';

  constructor(readonly content: Buffer) {}

  /** The number of bytes that the lines have. */
  get length(): number {
    const digits = Math.ceil(this.content.length / 3) * 4;
    return digits === 0 ? 0 : digits + 2 * (Math.ceil(digits / LINE_DIGITS) - 1);
  }

  /** The lines, as Nodemailer writes them: there is no line break after the last one. */
  *lines(): Generator<Buffer> {
    const { content } = this;
    for (let at = 0; at < content.length; at += LINE_BYTES * ROWS) {
      const end = Math.min(at + LINE_BYTES * ROWS, content.length);
      yield inLines(content.toString('base64', at, end), end === content.length);
    }
  }
}

function inLines(base64: string, isLast: boolean): Buffer {
  const digits = Buffer.from(base64, 'latin1');
  const breaks = Math.ceil(digits.length / LINE_DIGITS) - (isLast ? 1 : 0);
  const lines = Buffer.allocUnsafe(digits.length + 2 * breaks);
  let to = 0;
  for (let at = 0; at < digits.length; at += LINE_DIGITS) {
    to += digits.copy(lines, to, at, at + LINE_DIGITS);
    if (to === lines.length) break;
    lines[to++] = CR;
    lines[to++] = LF;
  }
  return lines;
}

/** The content of a part in place of its lines. */
export type EncodedContent = Base64Content | QuotedPrintableContent;

/** A piece of a composed message. */
export type MessagePiece = Buffer | EncodedContent;

/** The bytes of a message, piece by piece. */
export function* bytesOf(pieces: Iterable<MessagePiece>): Generator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else yield* piece.lines();
  }
}
