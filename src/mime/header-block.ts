import { GraphTransportError } from '../errors/graph-transport-error';

/** A field of a header block, one character a byte throughout. */
export interface HeaderField {
  /** Name in lower case. */
  key: string;
  /** Name as written. */
  name: string;
  /** What follows the colon, unfolded and trimmed. */
  value: string;
  /** The lines of the field as they stand, line ends included. */
  source: string;
}

/** A header block that has been read. */
export interface HeaderBlock {
  fields: HeaderField[];
  /** What is wrong with the first line that is not a header field, in words. */
  fault: string | undefined;
  /** Whether a line of white space continues a field: some readers end the header there. */
  hasBlankFold: boolean;
  /** Whether there is a CR that no LF follows. */
  hasLoneCr: boolean;
  /** Whether white space stands before a colon: that is old usage, and to some readers no field. */
  hasSpacedName: boolean;
}

/** What a field begins with (RFC 5322, section 2.2, and its obsolete white space before the colon). */
const FIELD_START = /^([!-9;-~]+)[ \t]*:/;

/** Whether a line is the first of a header field. */
export function isFieldStart(line: string): boolean {
  return FIELD_START.test(line);
}

/**
 * Reads a header block: the one place that decides what a header field is. A field ends at CRLF or LF, unless
 * the next line begins with white space.
 *
 * @param text the block, one character a byte; what follows its empty line is not looked at
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
    const field = toField(source, isFolded);
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
  // Some readers take a lone CR for the end of a line: what is one field to us may be a Bcc to them.
  if (start === undefined || name === undefined || isLoneCrIn(source)) return undefined;
  const folded = source.slice(start.length);
  const value = withoutWhiteSpace(isFolded ? folded.replace(/\r?\n(?=[ \t])/g, '') : folded);
  return { key: name.toLowerCase(), name, value, source };
}

/**
 * Without white space around it, which is blanks and tabs in mail (RFC 5322, section 2.2.2): `trim` takes off a form
 * feed and a byte of another charset too.
 */
function withoutWhiteSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (WHITE_SPACE.has(text[start] ?? '')) start++;
  while (end > start && WHITE_SPACE.has(text[end - 1] ?? '')) end--;
  return text.slice(start, end);
}

const WHITE_SPACE: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n']);

function isLoneCrIn(text: string): boolean {
  return text.includes('\r') && /\r(?!\n)/.test(text);
}

function faultOf(source: string): string {
  const [line = ''] = source.split('\n', 1);
  return FIELD_START.test(source)
    ? `a carriage return without a line feed in ${quoted(source)}`
    : `a line that is not a header field: ${quoted(line)}`;
}

/** Text of a message for an error: its start, without control characters. */
export function quoted(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim();
  return `"${plain.length > 80 ? `${plain.slice(0, 80)}…` : plain}"`;
}

/** The error for a message with something else among its header fields. */
export function notAHeader(what: string): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The header of the message has ${what}.`, {
    hint: 'Nothing was sent. Take it out of the header, or put an empty line before it if it is the text.',
  });
}
