import type { GraphTransportErrorCode, Outcome } from '../graph-transport-error';
import { graphCode } from './graph-codes';
import type { ServiceCode } from './service-code';

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

/** What an answer's status says if its code is unknown or missing. */
export interface StatusMeaning {
  code: GraphTransportErrorCode;
  outcome: Outcome;
  hint?: string;
  /** Whether it asks for fewer requests, whatever else the answer says. */
  throttles?: true;
  /** Whether Graph itself turns the request away for now, so it was not carried out if the code says so too. */
  turnsAway?: true;
  /** Whether a gateway gave up waiting: the service behind it may have carried out the request. */
  gaveUp?: true;
  /** Whether the server is overloaded or out of order, so the same question may be answered later. */
  busy?: true;
}

const CHECK_SENT_ITEMS = 'The message may have gone out: check Sent Items before sending it again.';

/** What the first digit of a status says. */
const CLASSES: Readonly<Record<number, StatusMeaning>> = {
  2: {
    code: 'EMESSAGE',
    outcome: 'unknown',
    hint: 'Only the documented status means that Exchange has accepted the message: check Sent Items before sending it again.',
  },
  3: { code: 'EMESSAGE', outcome: 'refused', hint: 'Redirects are not followed: check graphEndpoint.' },
  4: { code: 'EMESSAGE', outcome: 'refused' },
  5: { code: 'ECONNECTION', outcome: 'unknown', hint: CHECK_SENT_ITEMS, busy: true },
};

/**
 * What single statuses say beyond, or instead of, their first digit. Statuses: Microsoft Graph documentation,
 * concepts/errors.md. Users report that mail may have gone out despite a 408, 502 or 504.
 */
const STATUSES: Readonly<Record<number, Partial<StatusMeaning>>> = {
  401: { code: 'EAUTH' },
  403: { code: 'EAUTH' },
  404: { code: 'EENVELOPE' },
  407: { code: 'EAUTH' },
  408: { code: 'ETIMEDOUT', outcome: 'unknown', hint: CHECK_SENT_ITEMS, gaveUp: true, busy: true },
  413: {
    hint: 'The request is larger than Graph accepts in one piece (4 MB), or larger than a proxy allows.',
  },
  429: {
    code: 'ETIMEDOUT',
    outcome: 'not-accepted',
    hint: 'Graph throttles this app or mailbox: send more slowly.',
    throttles: true,
    turnsAway: true,
    busy: true,
  },
  501: { outcome: 'refused', hint: undefined },
  502: { gaveUp: true },
  503: { turnsAway: true },
  504: { code: 'ETIMEDOUT', gaveUp: true },
  507: { outcome: 'refused', hint: undefined },
  509: { code: 'ETIMEDOUT', outcome: 'not-accepted', hint: undefined, throttles: true, turnsAway: true },
};

/** What an answer means by its status alone. */
export function statusCode(status: number): StatusMeaning {
  const digit = Math.min(5, Math.max(2, Math.floor(status / 100)));
  return { code: 'ECONNECTION', outcome: 'unknown', ...CLASSES[digit], ...STATUSES[status] };
}
