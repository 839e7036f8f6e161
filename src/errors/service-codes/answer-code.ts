import { graphCode } from './graph-codes';
import type { ServiceCode } from './service-code';
import { isThrottling, type StatusMeaning, statusCode } from './status-code';

/** Statuses by which Graph says itself that it has turned a request away for now. */
const TURNED_AWAY: ReadonlySet<number> = new Set([429, 503, 509]);
/** Statuses of a gateway that gave up waiting: what stands behind it may have done its work. */
const GATEWAY_GAVE_UP: ReadonlySet<number> = new Set([408, 502, 504]);

/** What is known of an answer: by its code where that is in the table, else by its status. */
export type AnswerMeaning = StatusMeaning & Partial<Pick<ServiceCode, 'link' | 'generic'>>;

/**
 * What to make of an answer of Graph. Where code and status contradict each other, the more careful of them
 * decides whether the request may be made again. A 4xx other than 408 was not carried out, whatever its code says:
 * users meet generic codes there, for a missing permission or mailbox (microsoftgraph/microsoft-graph-docs #6968,
 * graph-docs-contrib #5934, #7920).
 *
 * @param names the answer's codes, the most specific first
 */
export function answerCode(status: number, names: readonly string[]): AnswerMeaning {
  const byStatus = statusCode(status);
  const known = names.map(graphCode).find((found) => found !== undefined);
  if (!known) return byStatus;
  if (isSaidByStatus(status, known, byStatus)) return byStatus;
  if (GATEWAY_GAVE_UP.has(status)) return withoutThrottling({ ...known, outcome: 'unknown' });
  if (known.outcome === 'not-accepted' && status >= 500 && !TURNED_AWAY.has(status)) {
    return withoutThrottling({ ...known, outcome: 'unknown' });
  }
  return isThrottling(status) && known.outcome === 'not-accepted' ? { ...known, throttles: true } : known;
}

/** Whether the status says more than the code, or what the code must not contradict. */
function isSaidByStatus(status: number, known: ServiceCode, byStatus: StatusMeaning): boolean {
  // "UnknownError" with a 429 is throttling.
  if (known.outcome === 'unknown' && byStatus.outcome === 'not-accepted') return true;
  if (status < 400 || status >= 500 || status === 408) return false;
  return known.outcome === 'unknown' || (known.generic === true && byStatus.code !== 'EMESSAGE');
}

function withoutThrottling({ throttles: _, ...meaning }: ServiceCode): ServiceCode {
  return meaning;
}
