const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EQUALS = 0x3d;
const TILDE = 0x7e;

/** Text together with its lines of quoted-printable: reading it need not decode what was just encoded. */
export class QuotedPrintableContent {
  readonly encoding = 'quoted-printable';

  private constructor(
    readonly content: Buffer,
    /** The lines, as Nodemailer writes them. Their ends are those of the text. */
    readonly text: string,
  ) {}

  /** The content; or its lines alone, if a reader of the lines could find something else in them. */
  static of(content: Buffer): QuotedPrintableContent | string {
    const text = wrapped(encoded(content));
    return mayMislead(text, content) ? text : new QuotedPrintableContent(content, text);
  }

  /** The number of bytes that the lines have. */
  get length(): number {
    return this.text.length;
  }

  lines(): Iterable<Buffer> {
    return [Buffer.from(this.text, 'latin1')];
  }

  /** The lines, each ended by CRLF. */
  inCrlf(): Buffer {
    const { text } = this;
    let lines = '';
    let from = 0;
    for (let lf = text.indexOf('\n'); lf !== -1; lf = text.indexOf('\n', lf + 1)) {
      if (text.charCodeAt(lf - 1) === CR) continue;
      lines += `${text.slice(from, lf)}\r`;
      from = lf;
    }
    return Buffer.from(lines + text.slice(from), 'latin1');
  }
}

/** Whether a line may be taken for a delimiter of parts, or a lone CR for a line ending. */
function mayMislead(text: string, content: Buffer): boolean {
  if (text.startsWith('--') || text.includes('\n--')) return true;
  return content.includes(CR) && /\r(?!\n)/.test(text);
}

const HEX = Buffer.from('0123456789ABCDEF');

/** What becomes of each byte: it stays as it is, is encoded, or is encoded at the end of a line. */
const PLAIN = 0;
const WHITE_SPACE = 2;
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === SPACE || byte === TAB) return WHITE_SPACE;
  return byte === LF || byte === CR || (byte > SPACE && byte <= TILDE && byte !== EQUALS) ? PLAIN : 1;
});

/** Quoted-printable without soft line breaks, as of Nodemailer's `encode`. */
function encoded(bytes: Buffer): string {
  const output = Buffer.allocUnsafe(bytes.length * 3);
  const last = bytes.length - 1;
  let to = 0;
  for (let at = 0; at <= last; at++) {
    const byte = bytes[at] ?? 0;
    const kind = KINDS[byte];
    if (kind === PLAIN || (kind === WHITE_SPACE && at < last && !isLineEnd(bytes[at + 1]))) {
      output[to++] = byte;
      continue;
    }
    output[to++] = EQUALS;
    output[to++] = HEX[byte >> 4] ?? 0;
    output[to++] = HEX[byte & 15] ?? 0;
  }
  return output.toString('latin1', 0, to);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

const MAX_LINE = 76;
/** How far before its end a line may be broken at a space or a punctuation mark. */
const MARGIN = 25;

/** Quoted-printable with soft line breaks, where Nodemailer's `wrap` puts them. */
function wrapped(text: string): string {
  if (text.length <= MAX_LINE) return text;
  let lines = '';
  let crlfEnd = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    if (crlfEnd <= at) crlfEnd = text.indexOf('\r\n', at) + 2;
    // There is none any more.
    if (crlfEnd < 2) crlfEnd = Number.POSITIVE_INFINITY;
    end = crlfEnd <= at + MAX_LINE ? crlfEnd : lineEnd(text, at);
    lines += text.slice(at, end);
    if (end < text.length && text.charCodeAt(end - 1) !== LF) lines += '=\r\n';
  }
  return lines;
}

/** Where a line ends that begins there and has no CRLF. */
function lineEnd(text: string, at: number): number {
  const limit = Math.min(at + MAX_LINE, text.length);
  let hasCr = false;
  let gap = 0;
  for (let before = limit - 1; before >= Math.max(at, limit - MARGIN); before--) {
    const code = text.charCodeAt(before);
    // Nodemailer does not look for an LF before a CR.
    if (code === LF && !hasCr) return before + 1;
    hasCr ||= code === CR;
    if (gap === 0 && GAPS[code] === 1) gap = before + 1;
  }
  const isLong = limit - at > MAX_LINE - MARGIN;
  const end = isLong && gap > 0 ? gap : wholeCharactersEnd(text, at, limit);
  if (end === text.length || end < at + MAX_LINE) return end;
  return end - (text.charCodeAt(end - 3) === EQUALS ? 3 : 1);
}

/** By character code, 1 where a line may be broken after the character. */
const GAPS = Uint8Array.from({ length: 128 }, (_, code) =>
  ' \t.,!?'.includes(String.fromCharCode(code)) ? 1 : 0,
);

/** Where the last character ends of which all bytes are in a line. */
function wholeCharactersEnd(text: string, at: number, limit: number): number {
  let end = limit;
  if (text.charCodeAt(end - 1) === EQUALS) end -= 1;
  else if (text.charCodeAt(end - 2) === EQUALS) end -= 2;
  while (end - at > 3 && end < text.length && text.charCodeAt(end - 3) === EQUALS) {
    if (end - at <= 12 && /^(?:=[\dA-F]{2})+$/.test(text.slice(at, end))) break;
    const byte = Number.parseInt(text.slice(end - 2, end), 16);
    if (byte < 0x80) break;
    end -= 3;
    if (byte >= 0xc0) break;
  }
  return end;
}
