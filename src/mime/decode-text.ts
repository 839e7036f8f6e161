import { isAscii, isUtf8 } from 'node:buffer';
import { libmime } from './mail-packages';
import { hexByteAt } from './transfer-decoder';

/** Decoded text, and whether it contains all of its bytes. */
export interface DecodedText {
  text: string;
  /** What is wrong, in words; undefined if no byte was lost or guessed. */
  fault: string | undefined;
}

/** Decodes bytes strictly; undefined if one of them is not valid in the charset, or the charset is unknown. */
export function decodeStrictly(bytes: Buffer, charset: string): string | undefined {
  // Nearly all text.
  if (charset === 'utf-8' && isUtf8(bytes)) return bytes.toString();
  const name = charset.toLowerCase().trim();
  if (/^utf-?8$/.test(name)) return isUtf8(bytes) ? bytes.toString() : undefined;
  if (/^(?:us-)?ascii$/.test(name)) return isAscii(bytes) ? bytes.toString('latin1') : undefined;
  if (isWindows1252(name)) {
    const text = fromWindows1252(bytes);
    return text.includes('\ufffd') ? undefined : text;
  }
  try {
    return new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes bytes as far as they are valid in the charset; the others become U+FFFD. */
export function decodeCarelessly(bytes: Buffer, charset: string): string {
  if (isWindows1252(charset.toLowerCase().trim())) return fromWindows1252(bytes);
  try {
    return new TextDecoder(charset, { ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString();
  }
}

/** Whether characters have two bytes or four, by whatever name the charset goes (`unicode`, `ucs-2`). */
export function isUtf16(charset: string): boolean {
  if (charset === 'utf-8') return false;
  try {
    return new TextDecoder(charset).encoding.startsWith('utf-16');
  } catch {
    return false;
  }
}

/** Names that the web, too, treats as windows-1252. */
function isWindows1252(name: string): boolean {
  return /^(?:iso[-_]?8859-1|iso88591|latin1|l1|windows-1252|cp1252|x-cp1252|cp819|ibm819)$/.test(name);
}

// Node's own decoder treats these bytes as ISO 8859-1, where they are control characters.
const WINDOWS_1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ';

const UNITS = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 && byte <= 0x9f ? WINDOWS_1252.charCodeAt(byte - 0x80) : byte,
);

/** Decodes windows-1252; the five bytes that it does not define become U+FFFD. */
function fromWindows1252(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (!/[\x80-\x9f]/.test(text)) return text;
  const units = new Uint16Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    units[at] = UNITS[bytes[at] ?? 0] ?? 0;
  }
  return Buffer.from(units.buffer).toString('utf16le');
}

/** Plain text, like nearly all header values. */
const PLAIN = /^[\t\x20-\x7e]*$/;

/**
 * Decodes a header's bytes, leaving encoded words as they are: as UTF-8, or else as windows-1252, which has a
 * character for nearly every byte.
 *
 * @param raw one character per byte
 */
export function decodeBytes(raw: string): DecodedText {
  if (PLAIN.test(raw)) return { text: raw, fault: undefined };
  const bytes = Buffer.from(raw, 'latin1');
  if (isUtf8(bytes)) return { text: bytes.toString(), fault: undefined };
  return { text: fromWindows1252(bytes), fault: 'bytes that are not UTF-8' };
}

/**
 * Decodes the encoded words in a header, judged by their bytes. If that fails, they are decoded the way mail
 * clients do it, or left as they are.
 */
export function decodeWords(text: string): DecodedText {
  if (!text.includes('=?')) return { text, fault: undefined };
  const strict = decodeWordsStrictly(text);
  if (strict !== undefined) return { text: strict, fault: undefined };
  // libmime takes a tenth of a millisecond for an unknown charset.
  const careless = text.length <= MAX_CARELESS ? libmime.decodeWords(text) : '\ufffd';
  return {
    text: careless.includes('\ufffd') ? text : careless,
    fault: 'an encoded word that cannot be decoded',
  };
}

/** Longer text that cannot be decoded stays as it is. */
const MAX_CARELESS = 8 * 1024;

const WORD = /=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi;

function decodeWordsStrictly(text: string): string | undefined {
  const pieces: string[] = [];
  let open: { charset: string; encoding: string; bytes: Buffer[] } | undefined;
  let isWhole = true;
  const close = () => {
    if (!open) return;
    const { bytes, charset } = open;
    const [first] = bytes;
    const all = first && bytes.length === 1 ? first : Buffer.concat(bytes);
    const decoded = decodeStrictly(all, charset) ?? wordByWord(bytes, charset);
    isWhole &&= decoded !== undefined;
    pieces.push(decoded ?? '');
    open = undefined;
  };
  let at = 0;
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match; match = WORD.exec(text)) {
    const [word, language = '', encoding = '', content = ''] = match;
    const between = text.slice(at, match.index);
    at = match.index + word.length;
    const charset = (language.includes('*') ? language.replace(/\*.*$/, '') : language).toLowerCase();
    const bytes = encoding === 'B' || encoding === 'b' ? fromBase64(content) : fromQ(content);
    if (!bytes) return undefined;
    // White space between encoded words is not part of the text, and a character may be split across them.
    const isNext = open !== undefined && between.trim() === '';
    if (open && isNext && open.charset === charset && open.encoding === encoding.toLowerCase()) {
      open.bytes.push(bytes);
      continue;
    }
    close();
    if (!isWhole) return undefined;
    if (!isNext) pieces.push(between);
    open = { charset, encoding: encoding.toLowerCase(), bytes: [bytes] };
  }
  close();
  pieces.push(text.slice(at));
  return isWhole ? pieces.join('') : undefined;
}

/** In iso-2022-jp, words joined together may mean something else than each of them alone. */
function wordByWord(words: readonly Buffer[], charset: string): string | undefined {
  const texts = words.map((word) => decodeStrictly(word, charset));
  return texts.includes(undefined) ? undefined : texts.join('');
}

function fromBase64(content: string): Buffer | undefined {
  return /^[a-z0-9+/]*={0,2}$/i.test(content) ? Buffer.from(content, 'base64') : undefined;
}

function fromQ(content: string): Buffer | undefined {
  const bytes = Buffer.from(content);
  let to = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at] ?? 0;
    if (byte === EQUALS) {
      const value = hexByteAt(bytes, at + 1);
      if (value === undefined) return undefined;
      byte = value;
      at += 2;
    } else if (byte === UNDERSCORE) byte = SPACE;
    bytes[to++] = byte;
  }
  return bytes.subarray(0, to);
}

const SPACE = 0x20;
const EQUALS = 0x3d;
const UNDERSCORE = 0x5f;
