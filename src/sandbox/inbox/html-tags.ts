/** A start tag: its name in lower case, and its attributes by name in lower case. */
export interface Tag {
  name: string;
  attributes: ReadonlyMap<string, string>;
}

const START = /<([a-z][^\s/>]*)/gi;
const ATTRIBUTE = /[\s/]+([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]*))?/y;

/** The start tags of HTML in their order, in one pass however broken the markup is. Comments are skipped. */
export function tagsOf(markup: string): Tag[] {
  const source = withoutComments(markup);
  const tags: Tag[] = [];
  START.lastIndex = 0;
  for (let found = START.exec(source); found; found = START.exec(source)) {
    const [, name = ''] = found;
    const attributes = new Map<string, string>();
    ATTRIBUTE.lastIndex = START.lastIndex;
    for (let next = ATTRIBUTE.exec(source); next; next = ATTRIBUTE.exec(source)) {
      const [, attribute = '', value = ''] = next;
      const key = attribute.toLowerCase();
      // Browsers use the first of two attributes with one name.
      if (!attributes.has(key)) attributes.set(key, value.replace(/^(["'])(.*)\1$/s, '$2'));
      START.lastIndex = ATTRIBUTE.lastIndex;
    }
    tags.push({ name: name.toLowerCase(), attributes });
  }
  return tags;
}

export function withoutComments(markup: string): string {
  const kept: string[] = [];
  let position = 0;
  for (let open = markup.indexOf('<!--'); open !== -1; open = markup.indexOf('<!--', position)) {
    kept.push(markup.slice(position, open));
    const end = markup.indexOf('-->', open);
    if (end === -1) return kept.join('');
    position = end + 3;
  }
  return kept.join('') + markup.slice(position);
}
