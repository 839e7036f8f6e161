import { decodeCarelessly, decodeStrictly, isUtf16 } from './decode-text';
import { type Loss, type MailPart, walk } from './mail-content';
import { libmime } from './mail-packages';

/** The body of a message: plain text or HTML. */
export interface BodyText {
  text: string | undefined;
  html: string | undefined;
  /** Parts of the text that are not valid in their charset. */
  losses: Loss[];
}

/**
 * Assembles the body. Of several forms of the same content, HTML is used; text that appears next to HTML is
 * shown inside it, in its place.
 */
export function readBody(root: MailPart): BodyText {
  const losses: Loss[] = [];
  const parts = walk(root)
    .filter(([{ use }]) => use === 'body')
    .map(([part, around]) => ({
      isHtml: part.type === 'text/html',
      isForm: around.some(({ type }) => type === 'multipart/alternative'),
      content: contentOf(part, losses),
    }));
  const hasHtml = parts.some(({ isHtml }) => isHtml);
  const filled = parts.filter(({ content }) => content !== '');
  const texts = filled.filter(({ isHtml }) => !isHtml);
  const pages = filled.filter(({ isHtml, isForm }) => isHtml || (hasHtml && !isForm));
  return {
    text: texts.length > 0 ? texts.map(({ content }) => content).join('\n') : undefined,
    html:
      pages.length > 0
        ? pages.map(({ isHtml, content }) => (isHtml ? content : toHtml(content))).join('<br/>\n')
        : undefined,
    losses,
  };
}

/** Longer text keeps its line breaks: joining the lines would take too long. */
const MAX_FLOWED = 1_000_000;

/** The text of a part, with LF line endings: see `withLf`. Its charset is judged by the bytes alone. */
function contentOf({ type, params, body, encoding, faults }: MailPart, losses: Loss[]): string {
  const charset = params.charset ?? 'utf-8';
  const isWide = isUtf16(charset);
  const bytes = isWide ? (body ?? Buffer.alloc(0)) : withLf(body ?? Buffer.alloc(0));
  const strict = decodeStrictly(bytes, charset);
  // Only base64 preserves the bytes of line endings, each of which is half a character here.
  const isBent = isWide && bytes.length > 0 && encoding !== 'base64';
  if ((strict === undefined || isBent) && !faults.some(({ because }) => because === 'encoding')) {
    losses.push({ because: 'charset', what: `text in the charset ${charset}` });
  }
  const lines = strict ?? decodeCarelessly(bytes, charset);
  const text = isWide ? aroundBareCr(lines, (piece) => replaced(piece, '\r\n', '\n')) : lines;
  const isFlowed = type === 'text/plain' && /^\s*flowed\s*$/i.test(params.format ?? '');
  const isSpaceLeftOut = /^\s*yes\s*$/i.test(params.delsp ?? '');
  return isFlowed && text.length <= MAX_FLOWED
    ? aroundBareCr(text, (piece) => libmime.decodeFlowed(piece, isSpaceLeftOut))
    : text;
}

/** Changes line endings, except after a CR. */
function aroundBareCr(text: string, change: (piece: string) => string): string {
  const pieces = text.split('\r\r\n');
  return pieces.map((piece, at) => change(at < pieces.length - 1 ? `${piece}\r` : piece)).join('\r\n');
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Replaces CRLF by LF. It works on bytes if possible, since V8 takes a second for text that consists of empty
 * lines. In every charset but UTF-16, these bytes are never part of another character.
 *
 * A CRLF after a CR stays: as LF, it would merge with that CR into a single line ending.
 */
function withLf(bytes: Buffer): Buffer {
  if (!bytes.includes('\r\n')) return bytes;
  const lines = Buffer.allocUnsafe(bytes.length);
  let to = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== CR || bytes[at + 1] !== LF || bytes[at - 1] === CR) lines[to++] = byte;
  }
  return lines.subarray(0, to);
}

function toHtml(text: string): string {
  const escaped = replaced(replaced(replaced(text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
  return `<div style="white-space: pre-wrap">${escaped}</div>`;
}

/** Like `replaceAll`, which takes ten times as long if there is much to replace. */
export function replaced(text: string, from: string, to: string): string {
  return text.includes(from) ? text.split(from).join(to) : text;
}
