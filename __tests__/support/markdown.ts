/** A page with its code blocks, code spans and HTML comments blanked out. Line numbers stay as they are. */
export function withoutCode(page: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, '');
  return page
    .replace(/^( *)(`{3,}|~{3,}).*\n(?:.*\n)*?\1\2 *$/gm, blank)
    .replace(/<!--.*?-->/gs, blank)
    .replace(/(?<!`)(`+)(?!`)(?:(?!\n\n).)*?(?<!`)\1(?!`)/gs, blank);
}

/** The number of the line that an offset is in. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** A paragraph, list entry or table row of a page, in one line. */
export interface Passage {
  line: number;
  text: string;
}

/** What a page says in words. A sentence may go on in the next line. */
export function passagesOf(page: string): Passage[] {
  const passages: Passage[] = [];
  for (const [index, line] of withoutCode(page).split('\n').entries()) {
    const last = passages.at(-1);
    const isNew = /^\s*(?:[-*+] |\d+\. |\||#|>|$)/.test(line);
    if (!isNew && last && last.text !== '') last.text += ` ${line.trim()}`;
    else passages.push({ line: index + 1, text: line.trim() });
  }
  return passages.filter(({ text }) => text !== '');
}

/** The headings of a page with their level, as they are written. */
export function headingsOf(page: string): { level: number; text: string }[] {
  // Code spans belong to a heading; code blocks may hold lines that only look like one.
  const lines = page.split('\n');
  return withoutCode(page)
    .split('\n')
    .flatMap((line, index) => {
      const [, hashes] = /^(#{1,6}) /.exec(line) ?? [];
      if (!hashes) return [];
      return [{ level: hashes.length, text: (lines[index] ?? '').replace(/^#+\s+|\s+#+\s*$/g, '').trim() }];
    });
}

/**
 * The anchors that GitHub gives a page's headings: lower case, punctuation gone, a hyphen for each space, and a number
 * where the same one was there before. Those that the page sets itself, in HTML, come last.
 */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  const anchors = headingsOf(page).map(({ text }) => {
    const slug = text
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  const own = [...withoutCode(page).matchAll(/<[a-z]+\s[^>]*?\b(?:id|name)="([^"]+)"/gi)];
  return [...anchors, ...own.map(([, id = '']) => id)];
}

/** Where a page's links and pictures lead: inline, by reference, and in HTML. */
export function targetsOf(page: string): { line: number; target: string }[] {
  const text = withoutCode(page);
  const forms = [
    /\]\(\s*<?([^\s)>]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g,
    /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm,
    /\b(?:href|src|srcset)="([^"\s]+)/gi,
  ];
  return forms.flatMap((form) =>
    [...text.matchAll(form)].map(({ 1: target = '', index }) => ({ line: lineAt(text, index), target })),
  );
}
