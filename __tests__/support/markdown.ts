/** A page without its fenced code, where hashes, bars and brackets mean other things; every line keeps its number. */
export function withoutFences(text: string): string {
  return text.replace(/^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2 *$/gms, (fence) => fence.replace(/[^\n]+/g, ''));
}

/** A page without any code. */
export function prose(text: string): string {
  return withoutFences(text).replace(/`[^`\n]*`/g, 'code');
}

export interface Heading {
  level: number;
  text: string;
}

export function headings(text: string): Heading[] {
  return [...withoutFences(text).matchAll(/^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$/gm)].map(
    ([, hashes = '', words = '']) => ({ level: hashes.length, text: words }),
  );
}

/** The anchors of a page's headings as GitHub makes them: from the words that a reader sees, numbered if they repeat. */
export function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return headings(text).map((heading) => {
    const slug = heading.text
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

export interface Link {
  line: number;
  to: string;
}

const LINKS = [
  /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g,
  /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm,
  /<(?:a|img)\s[^>]*?(?:href|src)="([^"]*)"/g,
];

/** Where the links and pictures of a page lead. */
export function links(text: string): Link[] {
  const searched = prose(text);
  return LINKS.flatMap((form) =>
    [...searched.matchAll(form)].map(({ 1: to = '', index }) => ({
      line: searched.slice(0, index).split('\n').length,
      to,
    })),
  );
}

/** The heads of a page's tables, each as one line. */
export function tableHeads(text: string): string[] {
  return [...withoutFences(text).matchAll(/^ *(\|.*\|) *\n *\|(?: *:?-+:? *\|)+ *$/gm)].map(
    ([, head = '']) => head,
  );
}

/** A paragraph, list entry or table row in one line, however many it has in the page. */
export interface Passage {
  line: number;
  text: string;
}

/** What a page says in words: names in code and the targets of links are left out. */
export function passages(text: string): Passage[] {
  const found: Passage[] = [];
  const prose = withoutFences(text)
    .replace(/`[^`\n]+`/g, '`code`')
    .replace(/\]\([^)\n]*\)/g, ']');
  for (const [index, line] of prose.split('\n').entries()) {
    const last = found.at(-1);
    const startsAnother = /^\s*(?:[-*+] |\d+\. |\||#|>|$)/.test(line);
    if (startsAnother || !last) found.push({ line: index + 1, text: line.trim() });
    else last.text += ` ${line.trim()}`;
  }
  return found;
}

/** The comments in a page's code: `//` in TypeScript and JavaScript, `#` in shells, YAML and the like. */
export function commentsIn(text: string): Passage[] {
  const lines = withoutFences(text).split('\n');
  return text.split('\n').flatMap((line, index) => {
    const [, comment] = (lines[index] === line ? undefined : /(?:^|\s)(?:\/\/|#) (.*)/.exec(line)) ?? [];
    return comment === undefined ? [] : [{ line: index + 1, text: comment }];
  });
}
