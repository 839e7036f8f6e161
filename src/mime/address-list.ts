/** An entry of an address list, in the form in which it was written. */
export interface AddressEntry {
  /** Display name; the comment where there is none. Encoded words are left as they are. */
  name: string;
  /** `local@domain`; empty for a group without members. */
  address: string;
}

/** An address list that has been read. */
export interface AddressList {
  /** Groups are flattened to their members. */
  entries: AddressEntry[];
  /** Whether every parser reads the same in it: simple comments at most, nothing beyond ASCII, nothing obsolete. */
  isPlain: boolean;
  /** Whether it follows the grammar, encoded words included: with specials in those, parsers find other addresses. */
  isCertain: boolean;
}

/** Characters of atoms, dots among them, by their code; as a table, since there may be thousands of atoms. */
const IS_ATOM: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]/.test(String.fromCharCode(code)),
);
/** Beyond ASCII everything is a letter that is no space, and no control character (RFC 6532). */
const NO_LETTER = /[\p{C}\p{Z}]/u;
/** Takes in the specials that a few programs write into encoded words. */
const ENCODED_WORD = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=(?=[\s<(,;]|$)/iy;
const QUOTED = /"(?:[^"\\\r\n]|\\[^\r\n])*"/y;
const SPECIAL = /[()<>[\]:;@\\,"]/;
const PLAIN = /^[\t\x20-\x7e]*$/;
const PLAIN_COMMENT = /^[\w .'!-]*$/;

/**
 * Reads an address list by the grammar of RFC 5322, section 3.4, in one pass; undefined when it does not follow
 * that. Names may have dots without quotes, and letters beyond ASCII (RFC 6532).
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
  /** Whether a comment has no end. */
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

  /** A mailbox, or the members of a group. */
  #address(): AddressEntry[] | undefined {
    this.#comments = [];
    this.#skip();
    const words = this.#words();
    if (!words) return undefined;
    if (words.length > 0 && this.#takes(':')) {
      // Many parsers lose their way among comments around groups.
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

  /** What remains of `local@domain` once the words before the `@` have been read. */
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

  /** White space within an address is old usage, and not known to all parsers. */
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

  /** White space and comments. */
  #skip(): void {
    const { length } = this.#comments;
    this.#skipAfterMailbox();
    if (this.#comments.length > length) this.#isPlain = false;
  }

  /** The same where a comment is old usage for the name, and known to all parsers. */
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

/** Whether dots stand where none may, without quotes around. */
function isNotDotted(atom: string): boolean {
  return !atom.startsWith('"') && /^\.|\.\.|\.$/.test(atom);
}
