import { type Content, html } from './html';

/** A piece of plain text; `href` if it is a link. */
export interface TextPiece {
  text: string;
  href?: string;
}

const LINK = /\b(?:https?:\/\/|mailto:)[^\s<>"\p{Cc}]+/giu;

/** Splits plain text into links and what stands between them. Joined, the pieces are the text. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let position = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = withoutTrail(found);
    if (!isComplete(link)) continue;
    if (index > position) pieces.push({ text: text.slice(position, index) });
    pieces.push({ text: link, href: link });
    position = index + link.length;
  }
  if (position < text.length) pieces.push({ text: text.slice(position) });
  return pieces;
}

/** Without the punctuation of the sentence around it, and without a closing bracket that the link does not open. */
function withoutTrail(found: string): string {
  const open = { '(': 0, '[': 0, '{': 0 };
  const pairs = { ')': '(', ']': '[', '}': '{' } as const;
  let end = found.length;
  for (let index = 0; index < found.length; index += 1) {
    const character = found[index];
    if (character === '(' || character === '[' || character === '{') open[character] += 1;
    if (character === ')' || character === ']' || character === '}') {
      const opening = pairs[character];
      if (open[opening] === 0) {
        end = index;
        break;
      }
      open[opening] -= 1;
    }
  }
  while (end > 0 && /[.,;:!?'*_…。，、]/u.test(found[end - 1] ?? '')) end -= 1;
  return found.slice(0, end);
}

function isComplete(link: string): boolean {
  if (/^mailto:/i.test(link)) return /^mailto:[^@\s]+@[^@\s]+$/i.test(link);
  return URL.canParse(link);
}

/** Plain text whose links open in a tab of their own and do not tell where they were clicked. */
export function linkedText(text: string): Content {
  return textPieces(text).map(({ text: piece, href }) =>
    href === undefined
      ? piece
      : html`<a href="${href}" target="_blank" rel="noopener noreferrer">${piece}</a>`,
  );
}
