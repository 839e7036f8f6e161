import { graphCode } from './graph-codes';
import type { ServiceCode } from './service-code';
import { type StatusMeaning, statusCode } from './status-code';

/** What is known about an answer: by its code if the table has it, otherwise by its status. */
export type AnswerMeaning = StatusMeaning & Partial<Pick<ServiceCode, 'link' | 'generic'>>;

/**
 * What Graph's answer means. If code and status contradict each other, the more cautious of them decides
 * whether the request may be made again. A 4xx other than 408 was not carried out, whatever its code says:
 * users see generic codes there for a missing permission or mailbox (microsoftgraph/microsoft-graph-docs #6968,
 * graph-docs-contrib #5934, #7920).
 *
 * @param names the answer's codes, the most specific first
 */
export function answerCode(status: number, names: readonly string[]): AnswerMeaning {
  const byStatus = statusCode(status);
  const known = names.map(graphCode).find((found) => found !== undefined);
  if (!known) return byStatus;
  if (isSaidByStatus(status, known, byStatus)) return byStatus;
  if (byStatus.gaveUp) return withoutThrottling({ ...known, outcome: 'unknown' });
  if (known.outcome === 'not-accepted' && status >= 500 && !byStatus.turnsAway) {
    return withoutThrottling({ ...known, outcome: 'unknown' });
  }
  return byStatus.throttles && known.outcome === 'not-accepted' ? { ...known, throttles: true } : known;
}

/** Whether the status says more than the code, or something that the code must not override. */
function isSaidByStatus(status: number, known: ServiceCode, byStatus: StatusMeaning): boolean {
  // "UnknownError" with a 429 is throttling.
  if (known.outcome === 'unknown' && byStatus.outcome === 'not-accepted') return true;
  if (status < 400 || status >= 500 || status === 408) return false;
  return known.outcome === 'unknown' || (known.generic === true && byStatus.code !== 'EMESSAGE');
}

function withoutThrottling({ throttles: _, ...meaning }: ServiceCode): ServiceCode {
  return meaning;
}
