import type { GraphTransportErrorCode, Outcome } from '../graph-transport-error';

/** What the status of an answer says when its code is unknown, or when it has none. */
export interface StatusMeaning {
  code: GraphTransportErrorCode;
  outcome: Outcome;
  hint: string | undefined;
  /** Whether it asks for fewer requests. */
  throttles?: true;
}

/**
 * What to make of an answer by its status alone. Statuses: Microsoft Graph documentation, concepts/errors.md;
 * that mail may have gone out behind a 408, 502 or 504 is what users report.
 */
export function statusCode(status: number): StatusMeaning {
  const meaning = { code: codeOf(status), outcome: outcomeOf(status), hint: hintOf(status) };
  return isThrottling(status) ? { ...meaning, throttles: true } : meaning;
}

/** Whether a status asks for fewer requests, whatever is written beside it. */
export function isThrottling(status: number): boolean {
  return status === 429 || status === 509;
}

function codeOf(status: number): GraphTransportErrorCode {
  if (status === 401 || status === 403 || status === 407) return 'EAUTH';
  if (status === 404) return 'EENVELOPE';
  if (status === 408 || status === 429 || status === 504 || status === 509) return 'ETIMEDOUT';
  return status >= 500 ? 'ECONNECTION' : 'EMESSAGE';
}

function outcomeOf(status: number): Outcome {
  if (isThrottling(status)) return 'not-accepted';
  if (status < 300 || status === 408) return 'unknown';
  return status < 500 || status === 501 || status === 507 ? 'refused' : 'unknown';
}

function hintOf(status: number): string | undefined {
  if (status < 300) {
    return 'Only the documented status says that Exchange has taken it: look into Sent Items before sending the message again.';
  }
  if (status < 400) return 'Redirects are not followed: check graphEndpoint.';
  if (status === 413) {
    return 'The request is over what Graph takes in one piece (4 MB), or over what a proxy lets through.';
  }
  if (status === 429) return 'Graph throttles this app or mailbox: send more slowly.';
  if (outcomeOf(status) === 'unknown') {
    return 'It may have gone out all the same: look into Sent Items before sending the message again.';
  }
  return undefined;
}
