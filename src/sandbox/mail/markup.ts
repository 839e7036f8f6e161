import { decodeReferences } from './character-references';

/** What begins a tag that can hold a link. */
const TAG = /<(?:a|area)(?=[\s/])/gi;
const COMMENT_END = '-->';

/** One attribute of a tag: its name and its value, however it is quoted. */
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?|(>)|["']/y;
const SPACE = /[\s/]*/y;

const IN_TEXT = /\b(?:https?:\/\/|mailto:|tel:)[^\s<>"'`\p{Cc}]+/giu;
const KNOWN_SCHEME = /^(?:https?|mailto|tel):/i;

/** The links of an HTML body, then those of a text that the HTML does not have, each once. */
export function linksIn(markup: string, text: string): string[] {
  const found = [...linksInMarkup(markup), ...linksInText(text)];
  return [...new Set(found)];
}

function linksInMarkup(markup: string): string[] {
  const shown = withoutComments(markup);
  const links: string[] = [];
  TAG.lastIndex = 0;
  for (let tag = TAG.exec(shown); tag; tag = TAG.exec(shown)) {
    const { value, end } = hrefAt(shown, TAG.lastIndex);
    TAG.lastIndex = end;
    // As browsers do: spaces around an address and line breaks in it do not count.
    const link = decodeReferences(value ?? '')
      .trim()
      .replace(/[\t\n\r]/g, '');
    if (KNOWN_SCHEME.test(link)) links.push(link);
  }
  return links;
}

/** The first `href` of a tag, as it is written, and where the tag ends. */
function hrefAt(markup: string, from: number): { value?: string; end: number } {
  let position = from;
  let value: string | undefined;
  while (position < markup.length) {
    SPACE.lastIndex = position;
    SPACE.exec(markup);
    ATTRIBUTE.lastIndex = SPACE.lastIndex;
    const [whole, name = '', double, single, bare, close] = ATTRIBUTE.exec(markup) ?? [];
    if (whole === undefined) return { value, end: SPACE.lastIndex };
    position = ATTRIBUTE.lastIndex;
    if (close !== undefined) break;
    if (name.toLowerCase() === 'href') value ??= double ?? single ?? bare;
  }
  return { value, end: position };
}

/** HTML without its comments. */
export function withoutComments(markup: string): string {
  const kept: string[] = [];
  let position = 0;
  for (let open = markup.indexOf('<!--'); open !== -1; open = markup.indexOf('<!--', position)) {
    kept.push(markup.slice(position, open));
    const end = markup.indexOf(COMMENT_END, open);
    position = end === -1 ? markup.length : end + COMMENT_END.length;
  }
  return kept.join('') + markup.slice(position);
}

function linksInText(text: string): string[] {
  return [...text.matchAll(IN_TEXT)]
    .map(([link]) => withoutSentence(link))
    .filter((link) => !/:\/*$/.test(link));
}

/** Without the punctuation of the sentence that the link ends, and without a bracket that was opened before it. */
function withoutSentence(link: string): string {
  let end = link.length;
  let open = count(link, '(') - count(link, ')');
  while (end > 0) {
    const last = link[end - 1] ?? '';
    if (last === ')' && open < 0) open += 1;
    else if (!'.,;:!?]}*_'.includes(last)) break;
    end -= 1;
  }
  return link.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** A start tag: its name in lower case, and its attributes by name in lower case. */
export interface Tag {
  name: string;
  attributes: ReadonlyMap<string, string>;
}

const START = /<([a-z][^\s/>]*)/gi;
const NEXT_ATTRIBUTE = /[\s/]+([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]*))?/y;

/** The start tags of HTML in their order, in one pass however broken the markup is. Comments are skipped. */
export function tagsOf(markup: string): Tag[] {
  const source = withoutComments(markup);
  const tags: Tag[] = [];
  START.lastIndex = 0;
  for (let found = START.exec(source); found; found = START.exec(source)) {
    const [, name = ''] = found;
    const attributes = new Map<string, string>();
    NEXT_ATTRIBUTE.lastIndex = START.lastIndex;
    for (let next = NEXT_ATTRIBUTE.exec(source); next; next = NEXT_ATTRIBUTE.exec(source)) {
      const [, attribute = '', value = ''] = next;
      const key = attribute.toLowerCase();
      // Browsers use the first of two attributes with one name.
      if (!attributes.has(key)) attributes.set(key, value.replace(/^(["'])(.*)\1$/s, '$2'));
      START.lastIndex = NEXT_ATTRIBUTE.lastIndex;
    }
    tags.push({ name: name.toLowerCase(), attributes });
  }
  return tags;
}
