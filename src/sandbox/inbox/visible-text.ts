/** Elements whose content nobody sees. */
const HIDDEN = /^(?:head|style|script|title|template)$/i;

/** The named characters that mails use most; any other stays as it is written. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Elements that begin a line of their own. */
const BLOCKS =
  /^(?:address|article|blockquote|br|div|dl|dt|dd|footer|h[1-6]|header|hr|li|ol|p|pre|section|table|tr|ul)$/i;

/** The same on one line, for previews and for the search. */
export function visibleLine(markup: string): string {
  return visibleText(markup).replace(/\s+/g, ' ').trim();
}

/**
 * About what a reader of the HTML sees, without a claim to be what a mail program makes of it. One pass from front to
 * end, however broken or hostile the markup is.
 */
export function visibleText(markup: string): string {
  const pieces: string[] = [];
  let position = 0;
  while (position < markup.length) {
    const open = markup.indexOf('<', position);
    if (open === -1) {
      pieces.push(oneLine(markup.slice(position)));
      break;
    }
    const name = nameAt(markup, open);
    pieces.push(
      oneLine(markup.slice(position, open)),
      BLOCKS.test(name) ? '\n' : /^t[dh]$/i.test(name) ? ' ' : '',
    );
    position = endOfTag(markup, open, name);
  }
  return decode(pieces.join(''))
    .replace(/ *\n */g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Line breaks of the source are not those of the text. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function nameAt(markup: string, open: number): string {
  const [, name = ''] = /^<\/?([a-z][a-z\d]*)/i.exec(markup.slice(open, open + 14)) ?? [];
  return name;
}

/** Behind the tag, and behind the whole element where nothing of it is seen. */
function endOfTag(markup: string, open: number, name: string): number {
  if (markup.startsWith('<!--', open)) return behind(markup, '-->', open);
  const end = behind(markup, '>', open);
  if (!HIDDEN.test(name) || markup[open + 1] === '/') return end;
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = end;
  const found = closing.exec(markup);
  return found ? behind(markup, '>', found.index) : markup.length;
}

function behind(markup: string, what: string, from: number): number {
  const index = markup.indexOf(what, from);
  return index === -1 ? markup.length : index + what.length;
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
