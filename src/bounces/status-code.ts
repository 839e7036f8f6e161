/** A status code (RFC 3463): a class, a subject and a detail. */
const STATUS = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)/;
/** The same in running text, where versions and addresses look alike: all subjects in use have one digit. */
const STATUS_IN_TEXT = /(?<![\d.])([245])\.(\d)\.(\d{1,3})(?![\d.]*\d)/g;
/** The reply of an SMTP server: its three digits and, usually, its status code. */
const REPLY = /(?:^|[\s:;>(\]"'])([245])[0-5]\d(?:[ :-]#?|[ -]*$)/;

/**
 * The status code of a recipient. A code that tells only its class, such as 5.0.0, gives way to a more exact one of
 * that class in the server's own words: Exim always writes 5.0.0.
 *
 * @param field the field Status; some servers write a reply there, such as 550
 * @param diagnostic what the server said
 */
export function statusOf(field: string, diagnostic: string): string | undefined {
  const [given] = codesOf(STATUS.exec(field));
  const said = codesIn(diagnostic);
  if (given === undefined) return said[0] ?? replyStatus(diagnostic) ?? replyStatus(field);
  if (!given.endsWith('.0.0')) return given;
  return said.find((code) => code[0] === given[0] && !code.endsWith('.0.0')) ?? given;
}

/** The last code in the server's words: of several, the one that the remote server gave. */
export function lastStatusIn(text: string): string | undefined {
  return codesIn(text).at(-1);
}

/** Codes in the order of the text, without addresses of four numbers. */
function codesIn(text: string): string[] {
  return [...text.matchAll(STATUS_IN_TEXT)].flatMap(codesOf);
}

function codesOf(found: RegExpExecArray | null): string[] {
  return found ? [found.slice(1, 4).map(Number).join('.')] : [];
}

/** What the class of a reply without a code tells. */
function replyStatus(text: string): string | undefined {
  const [, kind] = REPLY.exec(text) ?? [];
  return kind && `${kind}.0.0`;
}
