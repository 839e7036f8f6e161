import { decodings, encodedForms } from './encoded-text';

/** Shorter texts are not removed: they would also occur in many harmless sentences. */
const MIN_LENGTH = 8;
/** Shorter parts of a path are not secret enough to grant access. */
const MIN_URL_PART_LENGTH = 16;
/** What replaces a secret. */
const STRUCK = '[secret]';
/** The mark that our code puts where it cuts a text. */
const CUT = '…';

/** Texts without a secret that are remembered, and the longest of them: thousands of messages may fail the same way. */
const MAX_CLEAN = 64;
const MAX_CLEAN_LENGTH = 2048;

/** How many are remembered. When there are more, the oldest are forgotten. */
const MAX_KNOWN = { secret: 20, token: 50, url: 200 } as const;

type Kind = keyof typeof MAX_KNOWN;

/** A spelling of a secret, as text with one character per byte. */
interface Needle {
  text: string;
  /** How much of its beginning is removed when it is cut off, and when something else follows. */
  beginning: Beginning;
}

interface Beginning {
  cutOff: number;
  elsewhere: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** A text that begins like a secret is probably a garbled copy of it. */
const OF_SECRET: Beginning = { cutOff: MIN_LENGTH, elsewhere: 2 * MIN_LENGTH };
/** Exchange's ids all begin alike, whether they are secret or not. */
const OF_URL_PART: Beginning = { cutOff: MIN_URL_PART_LENGTH, elsewhere: NEVER };
/** The beginning of the URL is the same as that of harmless URLs. */
const WHOLE: Beginning = { cutOff: NEVER, elsewhere: NEVER };

/**
 * The secrets of one transport, and the means to remove them from texts. Anything another host says may repeat
 * what it was sent: a gateway's page, a sentence from Entra, an error with a URL. We know what we sent, so we
 * can find it exactly, including in percent-encoding, in JSON and HTML escapes and in base64.
 */
export class Secrets {
  readonly #known: Record<Kind, Map<string, Needle[] | undefined>> = {
    secret: new Map(),
    token: new Map(),
    url: new Map(),
  };
  /** Spellings by their first eight bytes. */
  #index: Map<string, Needle[]> | undefined;
  /** Texts known to hold no secret. */
  readonly #clean = new Set<string>();

  /** Remembers a client secret or a password. */
  addSecret(secret: string): void {
    this.#add('secret', secret);
  }

  /** Remembers a bearer token. */
  addToken(token: string): void {
    this.#add('token', token);
  }

  /** Remembers a URL that is its own authorisation. */
  addUrl(url: string): void {
    this.#add('url', url);
  }

  /** The text with every secret replaced. */
  readonly strike = (text: string): string => {
    if (text.length < MIN_LENGTH || this.#clean.has(text)) return text;
    const index = this.#indexed();
    if (index.size === 0) return text;
    const found: [start: number, end: number][] = [];
    for (const { bytes, startOf, endOf } of decodings(text)) {
      for (let at = 0; at + MIN_LENGTH <= bytes.length; at++) {
        const length = longestMatch(bytes, at, index.get(bytes.slice(at, at + MIN_LENGTH)));
        if (length === 0) continue;
        found.push([startOf(at), endOf(at + length - 1)]);
        at += length - 1;
      }
    }
    if (found.length > 0) return without(text, found);
    this.#noteClean(text);
    return text;
  };

  #noteClean(text: string): void {
    if (text.length > MAX_CLEAN_LENGTH) return;
    if (this.#clean.size === MAX_CLEAN) this.#clean.clear();
    this.#clean.add(text);
  }

  #add(kind: Kind, text: string): void {
    const known = this.#known[kind];
    if (text.length < MIN_LENGTH) return;
    const isNew = !known.has(text);
    const needles = known.get(text);
    known.delete(text);
    known.set(text, needles);
    if (!isNew) return;
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN[kind] && oldest !== undefined) known.delete(oldest);
    this.#index = undefined;
    this.#clean.clear();
  }

  /** Built only when there is a text to check, since most messages do not fail. */
  #indexed(): Map<string, Needle[]> {
    if (this.#index) return this.#index;
    const index = new Map<string, Needle[]>();
    for (const [kind, known] of Object.entries(this.#known)) {
      for (const [text, made] of known) {
        const needles = made ?? (kind === 'url' ? needlesOfUrl(text) : needlesOf(text, OF_SECRET));
        known.set(text, needles);
        for (const needle of needles) {
          const key = needle.text.slice(0, MIN_LENGTH);
          const others = index.get(key);
          if (others) others.push(needle);
          else index.set(key, [needle]);
        }
      }
    }
    this.#index = index;
    return index;
  }
}

function needlesOf(secret: string, beginning: Beginning): Needle[] {
  return encodedForms(secret)
    .filter((text) => text.length >= MIN_LENGTH)
    .map((text) => ({ text, beginning }));
}

/** The whole URL is secret, and so is each part of it that may grant access. */
function needlesOfUrl(text: string): Needle[] {
  if (!URL.canParse(text)) return needlesOf(text, WHOLE);
  const { href, pathname, search, searchParams } = new URL(text);
  const parts = [pathname.split('/').at(-1) ?? '', search.slice(1)];
  return [
    ...[text, href, pathname + search].flatMap((whole) => needlesOf(whole, WHOLE)),
    ...parts
      .filter((part) => part.length >= MIN_URL_PART_LENGTH)
      .flatMap((part) => needlesOf(part, OF_URL_PART)),
    ...[...searchParams.values()].flatMap((value) => needlesOf(value, OF_URL_PART)),
    ...needlesOf(pathname.length >= MIN_URL_PART_LENGTH ? pathname : '', WHOLE),
  ];
}

/** How many bytes from `at` on are a secret, or the beginning of one that was cut off; 0 if none. */
function longestMatch(bytes: string, at: number, needles: readonly Needle[] = []): number {
  let longest = 0;
  for (const { text, beginning } of needles) {
    let length = MIN_LENGTH;
    const most = Math.min(text.length, bytes.length - at);
    while (length < most && bytes[at + length] === text[length]) length++;
    const isCutOff = at + length === bytes.length || bytes.startsWith(CUT_BYTES, at + length);
    const least = Math.min(text.length, isCutOff ? beginning.cutOff : beginning.elsewhere);
    if (length >= least) longest = Math.max(longest, length);
  }
  return longest;
}

const CUT_BYTES = Buffer.from(CUT).toString('latin1');

function without(text: string, found: [start: number, end: number][]): string {
  found.sort(([one], [other]) => one - other);
  const pieces: string[] = [];
  let kept = 0;
  for (const [start, end] of found) {
    if (start >= kept) pieces.push(text.slice(kept, start), STRUCK);
    kept = Math.max(kept, end);
  }
  pieces.push(text.slice(kept));
  return pieces.join('');
}
