/** A text, decoded so many times, as a string whose characters are bytes; and where in the text each of them stands. */
export interface Decoding {
  bytes: string;
  /** Where what a byte stands for begins in the text. */
  startOf(at: number): number;
  /** Where it ends. */
  endOf(at: number): number;
}

/** Texts that are encoded more often than this are not looked into. */
const MAX_TIMES = 4;
/** Nor are more ways of decoding one. */
const MAX_DECODINGS = 40;

type Escaped = (string | undefined)[];

/** Each of them alone, since what is an escape to one of them is plain to the others. */
const ENCODINGS: readonly { escape: RegExp; decode: (escaped: Escaped) => string }[] = [
  // Percent-encoding.
  { escape: /%([\da-f]{2})/gi, decode: ([, byte = '']) => String.fromCharCode(Number.parseInt(byte, 16)) },
  // JSON and JavaScript.
  {
    escape: /\\(?:u([\da-f]{4})(?:\\u(d[c-f][\da-f]{2}))?|x([\da-f]{2})|([^ux\r\n]))/gi,
    decode: ([, unit, second, byte, letter = '']) => {
      const units = [unit ?? byte ?? [], second ?? []].flat().map((digits) => Number.parseInt(digits, 16));
      return units.length > 0 ? utf8(String.fromCharCode(...units)) : (LETTERS[letter] ?? letter);
    },
  },
  // HTML and XML.
  {
    escape: /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));?/gi,
    decode: ([, decimal, hex, name = '']) => {
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16);
      return utf8(code <= 0x10ffff ? String.fromCodePoint(code) : (NAMED[name.toLowerCase()] ?? ''));
    },
  },
];

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

/** The text as it is, and as it is once it is decoded: once, twice, in all ways in which there is something to decode. */
export function* decodings(text: string): Generator<Decoding> {
  const first = toBytes(text);
  const seen = new Set([first.bytes]);
  let layers = [first];
  for (let times = 0; layers.length > 0; times++) {
    for (const { bytes, starts, ends } of layers) {
      yield { bytes, startOf: (at) => starts?.[at] ?? at, endOf: (at) => ends?.[at] ?? at + 1 };
    }
    if (times === MAX_TIMES) return;
    layers = layers.flatMap((layer) =>
      ENCODINGS.flatMap((encoding) => {
        const decoded = seen.size < MAX_DECODINGS ? decode(layer, encoding) : undefined;
        if (!decoded || seen.has(decoded.bytes)) return [];
        seen.add(decoded.bytes);
        return [decoded];
      }),
    );
  }
}

/** Without a map each byte stands where its character does. */
interface Layer {
  bytes: string;
  starts?: readonly number[];
  ends?: readonly number[];
}

function toBytes(text: string): Layer {
  if (/^\p{ASCII}*$/u.test(text)) return { bytes: text };
  const layer = { bytes: Buffer.from(text).toString('latin1'), starts: [] as number[], ends: [] as number[] };
  let at = 0;
  for (const character of text) {
    for (let n = Buffer.byteLength(character); n > 0; n--) {
      layer.starts.push(at);
      layer.ends.push(at + character.length);
    }
    at += character.length;
  }
  return layer;
}

function decode({ bytes, starts, ends }: Layer, encoding: (typeof ENCODINGS)[number]): Layer | undefined {
  let last = 0;
  const pieces: string[] = [];
  const next = { starts: [] as number[], ends: [] as number[] };
  const copy = (end: number) => {
    pieces.push(bytes.slice(last, end));
    for (let at = last; at < end; at++) {
      next.starts.push(starts?.[at] ?? at);
      next.ends.push(ends?.[at] ?? at + 1);
    }
  };
  for (const match of bytes.matchAll(encoding.escape)) {
    const [escaped] = match;
    copy(match.index);
    last = match.index + escaped.length;
    const decoded = encoding.decode(match);
    pieces.push(decoded);
    for (let n = decoded.length; n > 0; n--) {
      next.starts.push(starts?.[match.index] ?? match.index);
      next.ends.push(ends?.[last - 1] ?? last);
    }
  }
  if (last === 0) return undefined;
  copy(bytes.length);
  return { bytes: pieces.join(''), ...next };
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * The forms of a text, in bytes, that `decodings` does not lead back to the text: plain, with `+` for a space as forms
 * have it, and inside base64, whatever stands around it there.
 */
export function encodedForms(text: string): string[] {
  const inForm = new URLSearchParams([['', text]]).toString().slice(1);
  const spellings = new Set([
    text,
    encodeURIComponent(wellFormed(text)),
    inForm,
    JSON.stringify(text).slice(1, -1),
  ]);
  const forms = new Set([utf8(text), utf8(text.replaceAll(' ', '+'))]);
  for (const spelling of spellings) for (const form of inBase64(Buffer.from(spelling))) forms.add(form);
  return [...forms];
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

/** The characters of base64 that depend on these bytes alone, for each of the three places where they may begin. */
function* inBase64(bytes: Buffer): Generator<string> {
  for (const before of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const form = padded.toString('base64').slice(first, Math.floor((padded.length * 8) / 6));
    yield form;
    yield form.replaceAll('+', '-').replaceAll('/', '_');
  }
}
