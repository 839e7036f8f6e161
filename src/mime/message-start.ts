import { isFieldStart } from './header-block';

const BOM = Buffer.from('\ufeff');
/** How much of a message is searched: the lines before the header are few and short. */
const MAX_BYTES = 64 * 1024;
/** An empty line, or the line that mailbox files put before each message. */
const LINE = /[ \t]*\r?\n|>?From (?![ \t]*:)[^\n]*\n/y;

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
  const text = start.toString('latin1', mark, mark + MAX_BYTES);
  let at = 0;
  let emptyLine: number | undefined;
  for (;;) {
    LINE.lastIndex = at;
    const [line] = LINE.exec(text) ?? [];
    if (line === undefined) break;
    if (/^\r?\n$/.test(line)) emptyLine ??= at;
    at += line.length;
  }
  const isHeader = isFieldStart(text.slice(at, at + 1024));
  return mark + (isHeader ? at : (emptyLine ?? at));
}
