import type { BounceKind } from './bounce';
import { reasonsIn } from './reasons';
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
