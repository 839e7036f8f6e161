import { toConnectionError } from '../connection-error';
import { GraphTransportError } from '../errors';
import { retryAfterMs } from '../retry-after';
import { entraCode } from '../service-codes';
import type { Exchange } from './http-client';

/**
 * A failure to get a token, as a `GraphTransportError`: `EAUTH` when Entra refused, `ECONNECTION` or
 * `ETIMEDOUT` when it could not be asked.
 *
 * @param last the last HTTP exchange of the attempt, where we had the HTTP in hand
 */
export function toTokenError(error: unknown, authority: string, last?: Exchange): GraphTransportError {
  if (error instanceof GraphTransportError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const refusal = /AADSTS(\d+)/.exec(cause.message);
  if (!refusal && last && 'error' in last) {
    return toConnectionError(last.error, authority, { outcome: 'not-accepted' });
  }
  const { status, requestId, retryAfter } = last && 'status' in last ? last : NO_ANSWER;
  if (!refusal && isBusy(status)) {
    return new GraphTransportError('ECONNECTION', `Entra is out of order: ${authority} answered ${status}.`, {
      outcome: 'not-accepted',
      retryAfter: retryAfterMs(retryAfter, Date.now()),
      hint: 'Nothing was sent: try again later.',
      responseCode: status,
      requestId,
      response: String(status),
      cause,
    });
  }
  const graphCode = refusal?.[0];
  const known = refusal ? entraCode(Number(refusal[1])) : undefined;
  // The library's own prefix says nothing to an operator; Entra's sentence begins with its code.
  const said = refusal ? cause.message.slice(refusal.index).replace(/\s+/g, ' ') : cause.message;
  // To ask for a token twice does no harm, so that an answer that makes no sense is worth another try.
  const mayPass = isBusy(status) || (status !== undefined && status < 300);
  return new GraphTransportError(
    known?.code ?? 'EAUTH',
    `No token from ${authority}: ${said.replace(/\.?$/, '.')}`,
    {
      hint: refusal ? known?.hint : hintOfStatus(status),
      responseCode: status,
      graphCode,
      requestId,
      response: said,
      outcome: known?.outcome ?? (mayPass ? 'not-accepted' : 'refused'),
      retryAfter: retryAfterMs(retryAfter, Date.now()),
      link: known?.link,
      cause,
    },
  );
}

const NO_ANSWER = { status: undefined, requestId: undefined, retryAfter: undefined };

function isBusy(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 429 || status === 408);
}

function hintOfStatus(status: number | undefined): string | undefined {
  if (status === undefined || status >= 400) return undefined;
  return 'The answer is not one of Entra: check authorityHost, and whether a proxy stands between.';
}
