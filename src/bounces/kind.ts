import type { BounceKind } from './bounce';
import { lastStatusIn } from './status-code';

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
const PASSING_WORDS =
  /\b(?:mailbox|quota|user|account|inbox)\b.{0,40}\b(?:full|exceeded)\b|over ?quota|quota exceeded|insufficient (?:system )?(?:storage|disk)|not enough (?:disk )?space|storage allocation|too (?:large|big)|size limit|exceeds? .{0,30}\bsize|(?:message|retry time|retry timeout|delivery time) (?:expired|exceeded)|timed? ?out|time-out|try (?:again )?later|temporar(?:y|ily)|greylist|too many (?:connections|messages|recipients)|rate limit|in the queue too long|(?:could not|couldn't|unable to) connect|connection (?:refused|reset|lost)|no route to host|host (?:is )?unreachable/i;

/** Refusals that are about the message or its sender, not about the address. */
const FILTER_CODES = /^5\.(?:1\.8|6\.[01]|7\.(?:2[0-9]|50[1-3]|50[6-9]|5[1-9]\d|[6-9]\d\d))$/;
const FILTER_WORDS =
  /\bspam\b|\bspf\b|\bdkim\b|\bdmarc\b|\bvirus|malware|phish|block ?list|blacklist|deny ?list|\brbl\b|\bdnsbl\b|spamhaus|barracuda|reputation|junk|unsolicited|bulk mail|content (?:filter|reject|policy|restriction)|(?:message|mail|e-?mail) (?:content|body)? ?(?:was |has been |is )?(?:blocked|filtered|quarantined)|policy (?:reasons?|violation|restriction|reject)|violat\w+ .{0,30}polic|transport\.rules|rejectmessage|(?:blocked|rejected) (?:by|due to|because of) .{0,40}(?:filter|polic|rule|sender|content)|banned (?:sender|sending)|sender .{0,20}(?:blocked|banned)|(?:ip|client host|host).{0,40}\bblocked\b|reverse dns|\bptr\b|unauthenticated/i;

/** Words for an address that does not exist, whatever else the server says. */
export const UNKNOWN_WORDS =
  /(?:user|recipient|mailbox|address|account).{0,30}(?:unknown|not found|does(?: not|n't) exist|no longer|invalid|not listed|disabled|inactive|unavailable)|no such (?:user|recipient|mailbox|address|person)|unknown (?:user|recipient|mailbox|address|local)|unrouteable|invalid (?:recipient|mailbox|address|user)|not a valid (?:recipient|mailbox)|no mailbox here|recipient ?not ?found|recipnotfound/i;

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
  const isExact = /^5\.1\.(?:1|2|3|10)$/.test(status);
  if (isExact && !FILTER_WORDS.test(diagnostic)) return 'hard';
  if (codes.some((code) => FILTER_CODES.test(code))) return 'filtered';
  if (codes.some((code) => code[0] === '5' && PASSING_CODES.test(code))) return 'soft';
  if (UNKNOWN_WORDS.test(diagnostic)) return 'hard';
  if (FILTER_WORDS.test(diagnostic)) return 'filtered';
  return PASSING_WORDS.test(diagnostic) ? 'soft' : 'hard';
}
