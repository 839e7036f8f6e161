/** An entry of an address list, as it was written. */
export interface AddressEntry {
  /** Display name, or the comment if there is none. Encoded words are not decoded. */
  name: string;
  /** `local@domain`; empty for a group without members. */
  address: string;
}

/** A parsed address list. */
export interface AddressList {
  /** Groups are flattened to their members. */
  entries: AddressEntry[];
  /**
   * Whether every parser reads it the same way: only simple comments, nothing beyond ASCII, nothing obsolete.
   */
  isPlain: boolean;
  /**
   * Whether it follows the grammar, including encoded words: if those contain specials, parsers find other
   * addresses.
   */
  isCertain: boolean;
}

/** The characters of atoms, including dots, by code; a table, because there may be thousands of atoms. */
const IS_ATOM: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]/.test(String.fromCharCode(code)),
);
/** Beyond ASCII, anything is a letter except spaces and control characters (RFC 6532). */
const NO_LETTER = /[\p{C}\p{Z}]/u;
/** Also accepts the specials that a few programs write into encoded words. */
const ENCODED_WORD = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=(?=[\s<(,;]|$)/iy;
const QUOTED = /"(?:[^"\\\r\n]|\\[^\r\n])*"/y;
const SPECIAL = /[()<>[\]:;@\\,"]/;
const PLAIN = /^[\t\x20-\x7e]*$/;
const PLAIN_COMMENT = /^[\w .'!-]*$/;

/**
 * Parses an address list by the grammar of RFC 5322, section 3.4, in one pass; undefined if it does not follow
 * the grammar. Names may have unquoted dots, and letters beyond ASCII (RFC 6532).
 *
 * @param text unfolded
 */
export function readAddressList(text: string): AddressList | undefined {
  return new AddressListReader(text).read();
}

class AddressListReader {
  readonly #text: string;
  #at = 0;
  #isPlain: boolean;
  #isCertain = true;
  #comments: string[] = [];
  /** Whether a comment is not closed. */
  #isBroken = false;

  constructor(text: string) {
    this.#text = text;
    this.#isPlain = PLAIN.test(text);
  }

  read(): AddressList | undefined {
    const entries: AddressEntry[] = [];
    this.#skip();
    if (this.#isAtEnd) return this.#result(entries, this.#text === '');
    do {
      const found = this.#address();
      if (!found) return undefined;
      entries.push(...found);
    } while (this.#takes(','));
    return this.#isAtEnd ? this.#result(entries) : undefined;
  }

  #result(entries: AddressEntry[], isPlain = true): AddressList {
    return { entries, isPlain: isPlain && this.#isPlain && this.#isCertain, isCertain: this.#isCertain };
  }

  /** Reads a mailbox, or the members of a group. */
  #address(): AddressEntry[] | undefined {
    this.#comments = [];
    this.#skip();
    const words = this.#words();
    if (!words) return undefined;
    if (words.length > 0 && this.#takes(':')) {
      // Many parsers fail on comments around groups.
      const members = this.#members();
      this.#isPlain &&= !this.#text.includes('(');
      return members;
    }
    const entry = this.#mailbox(words);
    return entry && [entry];
  }

  #members(): AddressEntry[] | undefined {
    const members: AddressEntry[] = [];
    if (this.#takes(';')) return members;
    do {
      this.#comments = [];
      this.#skip();
      const words = this.#words();
      const entry = words && this.#mailbox(words);
      if (!entry) return undefined;
      members.push(entry);
    } while (this.#takes(','));
    return this.#takes(';') ? members : undefined;
  }

  #mailbox(words: readonly string[]): AddressEntry | undefined {
    const name = words.map(unquoted).join(' ');
    if (this.#takes('<')) {
      this.#mindSpace();
      const local = this.#words();
      const address = local && this.#addrSpec(local);
      if (address === undefined || this.#text[this.#at] !== '>') return undefined;
      this.#at++;
      this.#skipAfterMailbox();
      if (words.some((word) => !word.startsWith('"') && word.includes('.'))) this.#isPlain = false;
      return { name: name || this.#comments.join(' '), address };
    }
    const address = this.#addrSpec(words, true);
    return address === undefined ? undefined : { name: this.#comments.join(' '), address };
  }

  /** Reads the rest of `local@domain`, after the words before the `@`. */
  #addrSpec(words: readonly string[], isMailbox = false): string | undefined {
    const [local] = words;
    if (words.length !== 1 || local === undefined) return undefined;
    this.#mindSpace();
    if (!this.#takes('@')) return undefined;
    this.#mindSpace();
    const domain = this.#takeAtom();
    if (domain === undefined) return undefined;
    if (isMailbox) this.#skipAfterMailbox();
    else {
      this.#skip();
      this.#mindSpace();
    }
    return [local, domain].some(isNotDotted) ? undefined : `${local}@${domain}`;
  }

  /** White space within an address is obsolete, and some parsers do not accept it. */
  #mindSpace(): void {
    if (/\s/.test(this.#text[this.#at - 1] ?? '')) this.#isPlain = false;
  }

  #words(): string[] | undefined {
    const words: string[] = [];
    for (;;) {
      const word = this.#takeEncodedWord() ?? this.#takeAtom() ?? this.#takeQuoted();
      if (word === undefined) return this.#isBroken ? undefined : words;
      words.push(word);
      if (!word.startsWith('"') && SPECIAL.test(word)) this.#isCertain = false;
      this.#skip();
    }
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    this.#skip();
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takeEncodedWord(): string | undefined {
    return this.#text.startsWith('=?', this.#at) ? this.#take(ENCODED_WORD) : undefined;
  }

  #takeQuoted(): string | undefined {
    return this.#text[this.#at] === '"' ? this.#take(QUOTED) : undefined;
  }

  #takeAtom(): string | undefined {
    const start = this.#at;
    let end = start;
    while (end < this.#text.length && this.#isAtom(end)) end++;
    this.#at = end;
    return end === start ? undefined : this.#text.slice(start, end);
  }

  #isAtom(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    const isHalf = code >= 0xd800 && code <= 0xdfff;
    return IS_ATOM[code] ?? (isHalf || !NO_LETTER.test(this.#text[at] ?? ''));
  }

  #takeSpace(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  /** Skips white space and comments. */
  #skip(): void {
    const { length } = this.#comments;
    this.#skipAfterMailbox();
    if (this.#comments.length > length) this.#isPlain = false;
  }

  /** The same, but a comment here is the old way to write a name, which all parsers know. */
  #skipAfterMailbox(): void {
    do this.#takeSpace();
    while (this.#skipComment());
  }

  #skipComment(): boolean {
    if (this.#isBroken || this.#text[this.#at] !== '(') return false;
    let depth = 0;
    for (let at = this.#at; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === '\\') at++;
      else if (character === '(') depth++;
      else if (character === ')' && --depth === 0) {
        const comment = this.#text.slice(this.#at + 1, at);
        this.#isPlain &&= PLAIN_COMMENT.test(comment);
        this.#comments.push(unescaped(comment).trim());
        this.#at = at + 1;
        return true;
      }
    }
    this.#isBroken = true;
    return false;
  }
}

function unquoted(word: string): string {
  return word.startsWith('"') ? unescaped(word.slice(1, -1)) : word;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** Whether there are dots where an unquoted atom may not have any. */
function isNotDotted(atom: string): boolean {
  return !atom.startsWith('"') && /^\.|\.\.|\.$/.test(atom);
}
