import { GraphTransportError } from '../errors/graph-transport-error';

/** A field of a header block, with one character per byte throughout. */
export interface HeaderField {
  /** Name in lower case. */
  key: string;
  /** Name as written. */
  name: string;
  /** What follows the colon, unfolded and trimmed. */
  value: string;
  /** The lines of the field as written, line endings included. */
  source: string;
}

/** A parsed header block. */
export interface HeaderBlock {
  fields: HeaderField[];
  /** What is wrong with the first line that is not a header field, in words. */
  fault: string | undefined;
  /** Whether a line of white space continues a field: some readers end the header there. */
  hasBlankFold: boolean;
  /** Whether there is a CR that is not followed by LF. */
  hasLoneCr: boolean;
  /**
   * Whether there is white space before a colon: that is obsolete, and some readers do not accept it as a
   * field.
   */
  hasSpacedName: boolean;
}

/** How a field begins (RFC 5322, section 2.2, plus its obsolete white space before the colon). */
const FIELD_START = /^([!-9;-~]+)[ \t]*:/;

/** Whether a line is the first of a header field. */
export function isFieldStart(line: string): boolean {
  return FIELD_START.test(line);
}

/**
 * Parses a header block. This is the only place that decides what a header field is. A field ends at CRLF or
 * LF, unless the next line begins with white space.
 *
 * @param text the block, one character per byte; anything after its empty line is ignored
 */
export function readHeaderBlock(text: string): HeaderBlock {
  const fields: HeaderField[] = [];
  let fault: string | undefined;
  let hasBlankFold = false;
  const hasLoneCr = isLoneCrIn(text);
  for (let at = 0; at < text.length; ) {
    let end = lineEnd(text, at);
    let isFolded = false;
    while (text[end] === ' ' || text[end] === '\t') {
      const next = lineEnd(text, end);
      hasBlankFold ||= text.slice(end, next).trim() === '';
      isFolded = true;
      end = next;
    }
    const source = text.slice(at, end);
    if (!isFolded && (source === '\r\n' || source === '\n')) break;
    // Some readers treat a lone CR as a line ending: what is one field to us may contain a Bcc for them.
    const field = hasLoneCr && isLoneCrIn(source) ? undefined : toField(source, isFolded);
    if (field) fields.push(field);
    else fault ??= faultOf(source);
    at = end;
  }
  const hasSpacedName = fields.some(({ name, source }) => source[name.length] !== ':');
  return { fields, fault, hasBlankFold, hasLoneCr, hasSpacedName };
}

function lineEnd(text: string, at: number): number {
  return text.indexOf('\n', at) + 1 || text.length;
}

function toField(source: string, isFolded: boolean): HeaderField | undefined {
  const [start, name] = FIELD_START.exec(source) ?? [];
  if (start === undefined || name === undefined) return undefined;
  const folded = source.slice(start.length);
  const value = withoutWhiteSpace(isFolded ? folded.replace(/\r?\n(?=[ \t])/g, '') : folded);
  return { key: name.toLowerCase(), name, value, source };
}

/**
 * Trims what counts as white space in mail, space and tab (RFC 5322, section 2.2.2). `trim` would also remove a
 * form feed, or a byte of another charset.
 */
function withoutWhiteSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

function isLoneCrIn(text: string): boolean {
  return text.includes('\r') && /\r(?!\n)/.test(text);
}

function faultOf(source: string): string {
  const [line = ''] = source.split('\n', 1);
  return FIELD_START.test(source)
    ? `a carriage return without a line feed in ${quoted(source)}`
    : `a line that is not a header field: ${quoted(line)}`;
}

/**
 * A field as written, but without lines of white space, where some readers end the header, and without white
 * space before its colon, which some do not accept.
 */
export function cleanLines({ name, source }: HeaderField): string {
  const lines = `${name}${source.slice(source.indexOf(':'))}`
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  return lines.map((line) => `${line}\r\n`).join('');
}

/** Text of a message for use in an error: its start, without control characters. */
export function quoted(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim();
  return `"${plain.length > 80 ? `${plain.slice(0, 80)}…` : plain}"`;
}

/** The error for a message whose header contains something that is not a field. */
export function notAHeader(what: string): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The header of the message has ${what}.`, {
    hint: 'Nothing was sent. Remove it from the header or, if it is the text, put an empty line before it.',
  });
}

const BOM = Buffer.from('\ufeff');
/** How much of a message is searched: the lines before the header are few and short. */
const MAX_BYTES_BEFORE = 64 * 1024;
/** An empty line, or the line that mailbox files put before each message. */
const LINE_BEFORE = /[ \t]*\r?\n|>?From (?![ \t]*:)[^\n]*\n/y;

/**
 * The number of bytes before a message's header that are not part of it: a byte order mark, `From ` lines of a
 * mailbox file, blank lines. An empty line that is not followed by a header field ends a header without fields.
 *
 * @param start the message, or its start
 */
export function bytesBeforeHeader(start: Buffer): number {
  const mark = start.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  const first = String.fromCharCode(start[mark] ?? 0);
  // Nearly every message begins directly with its first field.
  if (!/[\s>F]/.test(first)) return mark;
  const text = start.toString('latin1', mark, mark + MAX_BYTES_BEFORE);
  let at = 0;
  let emptyLine: number | undefined;
  for (;;) {
    LINE_BEFORE.lastIndex = at;
    const [line] = LINE_BEFORE.exec(text) ?? [];
    if (line === undefined) break;
    if (/^\r?\n$/.test(line)) emptyLine ??= at;
    at += line.length;
  }
  const isHeader = isFieldStart(text.slice(at, at + 1024));
  return mark + (isHeader ? at : (emptyLine ?? at));
}
