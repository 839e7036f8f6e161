import type { BounceKind } from './bounce';
import { reasonsIn } from './reasons';

/** What a report says about a recipient, before it is judged. */
export interface Verdict {
  /** In lower case; empty if the report gives none. */
  action: string;
  status: string | undefined;
  diagnostic: string;
}

/** Failures that pass although the code calls them permanent. */
const PASSING_CODES =
  /^(?:4\.|5\.1\.90$|5\.2\.(?:2|3|121|122)$|5\.3\.(?:1|4)$|5\.4\.(?:5|7|300|316|317)$|5\.7\.(?:23[236]|32[1-5])$)/;

/** Refusals that are about the message or its sender, not about the address. */
const FILTER_CODES = /^5\.(?:1\.8|6\.[01]|7\.(?:2[0-9]|50[1-3]|50[6-9]|5[1-9]\d|[6-9]\d\d))$/;

/** Actions that are no failure (RFC 3464, section 2.3.3), which are kinds themselves. */
const GOOD: readonly BounceKind[] = ['delayed', 'delivered', 'relayed', 'expanded'];

/**
 * What became of the message. A report that says delayed or delivered is believed, whatever its code. `hard` needs
 * both: that delivery failed, and that it failed for good.
 */
export function kindOf({ action, status, diagnostic }: Verdict): BounceKind | undefined {
  const good = GOOD.find((kind) => kind === action);
  if (good) return good;
  const statusClass = status?.[0];
  if (action !== 'failed') {
    if (statusClass === '2') return 'delivered';
    // Without an action, a temporary failure may still be tried.
    if (statusClass === '4') return 'delayed';
    if (statusClass !== '5') return undefined;
  }
  return statusClass === '5' ? failure(status ?? '', diagnostic) : 'soft';
}

function failure(status: string, diagnostic: string): BounceKind {
  // Exchange wraps what the remote server said in a code of its own (5.0.350).
  const codes = [status, lastStatusIn(diagnostic) ?? status];
  const { isUnknown, isFiltered, mayPass } = reasonsIn(diagnostic);
  if (/^5\.1\.(?:1|2|3|10)$/.test(status) && !isFiltered) return mayPass && !isUnknown ? 'soft' : 'hard';
  if (codes.some((code) => FILTER_CODES.test(code))) return 'filtered';
  if (codes.some((code) => code[0] === '5' && PASSING_CODES.test(code)) && mayPass) return 'soft';
  if (isUnknown) return 'hard';
  // A gateway that refuses the content may give any code, such as 5.4.7.
  if (isFiltered) return 'filtered';
  if (codes.some((code) => code[0] === '5' && PASSING_CODES.test(code))) return 'soft';
  // The report gave up what the server only put off.
  const isPutOff = status.endsWith('.0.0') && (codes[1]?.[0] === '4' || /^4\d\d\b/.test(diagnostic));
  return mayPass || isPutOff ? 'soft' : 'hard';
}

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
  const [given] = codesOf(STATUS.exec(field.replace(/\s*\.\s*/g, '.')));
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
