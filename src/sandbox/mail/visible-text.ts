import { decodeReferences } from './character-references';

/** Elements whose content nobody sees. */
const HIDDEN = new Set(['head', 'style', 'script', 'title', 'template']);

/** Elements that begin a line of their own. */
const BLOCKS = new Set(
  'address article blockquote br div dl dt dd footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table tr ul'.split(
    ' ',
  ),
);
const CELLS = new Set(['td', 'th']);

/** Stands for a break between lines, while the breaks of the source are none; a noncharacter, which no text has. */
const BREAK = '\uffff';

/**
 * About what a reader of the HTML sees, without a claim to be what a mail program makes of it. One pass from front to
 * end, however broken or hostile the markup is.
 */
export function visibleText(markup: string): string {
  return visiblePieces(markup, BREAK)
    .replace(/\s+/g, ' ')
    .replace(/ ?\uffff[ \uffff]*/g, (breaks) =>
      breaks.indexOf(BREAK) < breaks.lastIndexOf(BREAK) ? '\n\n' : '\n',
    )
    .trim();
}

/** The same on one line, for previews and for the search. */
export function visibleLine(markup: string): string {
  return visiblePieces(markup, ' ').replace(/\s+/g, ' ').trim();
}

function visiblePieces(markup: string, lineBreak: string): string {
  let text = '';
  let position = 0;
  while (position < markup.length) {
    const open = markup.indexOf('<', position);
    if (open === -1) {
      text += markup.slice(position);
      break;
    }
    const name = nameAt(markup, open);
    text += markup.slice(position, open);
    if (BLOCKS.has(name)) text += lineBreak;
    else if (CELLS.has(name)) text += ' ';
    position = endOfTag(markup, open, name);
  }
  return decodeReferences(text);
}

const TAG = /<\/?([a-z][a-z\d]*)/iy;

function nameAt(markup: string, open: number): string {
  TAG.lastIndex = open;
  const [, name = ''] = TAG.exec(markup) ?? [];
  return name.toLowerCase();
}

/** Behind the tag, and behind the whole element where nothing of it is seen. */
function endOfTag(markup: string, open: number, name: string): number {
  if (markup.startsWith('<!--', open)) return behind(markup, '-->', open);
  const end = behind(markup, '>', open);
  if (!HIDDEN.has(name) || markup[open + 1] === '/') return end;
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = end;
  const found = closing.exec(markup);
  return found ? behind(markup, '>', found.index) : markup.length;
}

function behind(markup: string, what: string, from: number): number {
  const index = markup.indexOf(what, from);
  return index === -1 ? markup.length : index + what.length;
}
