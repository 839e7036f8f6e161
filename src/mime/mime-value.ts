import { type DecodedText, decodeBytes, decodeStrictly, decodeWords } from './decode-text';

/** A value with parameters, such as Content-Type or Content-Disposition. */
export interface MimeValue {
  /** The part before the first semicolon, in lower case, without comments. */
  value: string;
  /** Parameters by lower-case name, decoded. */
  params: Record<string, string | undefined>;
  /** What cannot be read in exactly one way, in words. */
  fault: string | undefined;
  /** What contains bytes that are not valid in their charset, in words. */
  charsetFault: string | undefined;
}

const SPACE = /[ \t\r\n]*/y;
const VALUE = /[^;()\s"]+(?:[ \t]+[^;()\s"]+)*/y;
const NAME = /[^\s=;()<>@,:\\"/[\]?]+/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"/y;
/** Wider than RFC 2045's token: names with brackets and boundaries with "=" also occur unquoted. */
const TOKEN = /[^\s;"\\()]+(?:[ \t]+[^\s;"\\()=]+)*/y;

/**
 * Parses the value of Content-Type or Content-Disposition (RFC 2045, section 5.1, with RFC 2231).
 *
 * @param raw unfolded, one character per byte
 */
export function readMimeValue(raw: string): MimeValue {
  if (raw === '')
    return { value: '', params: Object.create(null), fault: undefined, charsetFault: undefined };
  return readSimply(raw) ?? readPieceByPiece(raw);
}

/** A word and at most one parameter, without comments, escapes or anything to decode: nearly every value. */
const SIMPLE = /^([\w./+-]+)(?:;[ \t]*([\w-]+)=(?:([\w.+-]+)|"([\x20!#-[\]-~]*)"))?$/;

function readSimply(raw: string): MimeValue | undefined {
  const [, value, name, token, content = token ?? ''] = SIMPLE.exec(raw) ?? [];
  if (value === undefined || content.includes('=?')) return undefined;
  const params: MimeValue['params'] = Object.create(null);
  if (name !== undefined) params[name.toLowerCase()] = content;
  return { value: value.toLowerCase(), params, fault: undefined, charsetFault: undefined };
}

function readPieceByPiece(raw: string): MimeValue {
  const reader = new Reader(raw);
  reader.skip();
  const value = reader.take(VALUE)?.[0] ?? '';
  const given = new Map<string, string>();
  let fault: string | undefined;
  for (;;) {
    reader.skip();
    if (reader.isAtEnd) break;
    if (!reader.take(SEMICOLON)) {
      fault ??= 'text that is no parameter';
      reader.take(REST);
      continue;
    }
    reader.skip();
    if (reader.isAtEnd || reader.isAt(';')) continue;
    const name = reader.take(NAME)?.[0].toLowerCase();
    reader.skip();
    if (name === undefined || !reader.take(EQUALS)) {
      fault ??= 'text that is no parameter';
      reader.take(REST);
      continue;
    }
    reader.skip();
    const content = reader.take(QUOTED)?.[1]?.replace(/\\([\s\S])/g, '$1') ?? reader.take(TOKEN)?.[0] ?? '';
    if (given.has(name)) fault ??= `two parameters ${name}`;
    else given.set(name, content);
  }
  const decoded = decodeParameters(given);
  return {
    value: value.toLowerCase(),
    params: decoded.params,
    fault: fault ?? reader.fault ?? decoded.fault,
    charsetFault: decoded.charsetFault,
  };
}

const SEMICOLON = /;/y;
const EQUALS = /=/y;
/** Everything up to the next parameter. */
const REST = /[^;]+/y;

const MAY_BE_SKIPPED: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n', '(']);

/** Steps through a value, skipping white space and comments. */
class Reader {
  /** What is wrong with a comment. */
  fault: string | undefined;
  #at = 0;

  constructor(readonly text: string) {}

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  isAt(character: string): boolean {
    return this.text[this.#at] === character;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found || found[0] === '') return undefined;
    this.#at += found[0].length;
    return found;
  }

  skip(): void {
    if (!MAY_BE_SKIPPED.has(this.text[this.#at] ?? '')) return;
    do this.take(SPACE);
    while (this.#skipComment());
  }

  #skipComment(): boolean {
    if (!this.isAt('(')) return false;
    let depth = 0;
    for (let at = this.#at; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === '\\') at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) {
        this.#at = at + 1;
        // Python's older parser takes it as part of the value.
        this.fault ??= 'a comment';
        return true;
      }
    }
    this.fault ??= 'a comment without an end';
    this.#at = this.text.length;
    return false;
  }
}

/** One piece of a parameter that is split according to RFC 2231: `name*1*`. */
const SECTION = /^([^*]+)(?:\*(0|[1-9]\d{0,3}))?(\*?)$/;

function decodeParameters(given: ReadonlyMap<string, string>): Omit<MimeValue, 'value'> {
  const params: Record<string, string | undefined> = Object.create(null);
  const extended = new Map<string, { index: number; isEncoded: boolean; content: string }[]>();
  let fault: string | undefined;
  let charsetFault: string | undefined;
  for (const [key, content] of given) {
    if (!key.includes('*')) {
      const bytes = decodeBytes(content);
      const words = decodeWords(bytes.text);
      params[key] = words.text;
      charsetFault ??= bytes.fault ?? words.fault;
      continue;
    }
    const [, name, index, star] = SECTION.exec(key) ?? [];
    if (name === undefined) {
      fault ??= `the parameter ${key}`;
      continue;
    }
    const sections = extended.get(name) ?? [];
    sections.push({ index: Number(index ?? 0), isEncoded: star === '*', content });
    extended.set(name, sections);
  }
  for (const [name, sections] of extended) {
    sections.sort((one, other) => one.index - other.index);
    if (sections.some(({ index }, at) => index !== at)) fault ??= `the pieces of the parameter ${name}`;
    const decoded = decodeSections(sections);
    params[name] = decoded.text;
    charsetFault ??= decoded.fault;
  }
  return { params, fault, charsetFault };
}

function decodeSections(sections: readonly { isEncoded: boolean; content: string }[]): DecodedText {
  const [first] = sections;
  const [, charset = '', start = ''] =
    (first?.isEncoded && /^([^']*)'[^']*'([\s\S]*)$/.exec(first.content)) || [];
  const isMarked = first?.isEncoded && /^[^']*'[^']*'/.test(first.content);
  let isOdd = first?.isEncoded === true && !isMarked;
  const raw = sections
    .map(({ isEncoded, content }, at) => {
      const text = at === 0 && isMarked ? start : content;
      isOdd ||= /[^\x20-\x7e]/.test(text);
      if (!isEncoded) return text;
      isOdd ||= /%(?![0-9a-f]{2})/i.test(text);
      return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    })
    .join('');
  const text = decodeStrictly(Buffer.from(raw, 'latin1'), charset || 'utf-8');
  if (text === undefined)
    return { text: decodeBytes(raw).text, fault: 'bytes that are not in their charset' };
  return { text, fault: isOdd ? 'an encoded parameter that is malformed' : undefined };
}
