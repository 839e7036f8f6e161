import { type Clock, dateOf, systemClock } from '../clock';
import { toConnectionError } from '../errors/connection-error';
import { GraphTransportError } from '../errors/graph-transport-error';
import { retryAfterMs, waitOf } from '../errors/retry-after';
import { statusCode } from '../errors/service-codes/answer-code';
import { entraCode } from '../errors/service-codes/entra-codes';
import { type Exchange, LongAnswerError } from './azure-http-client';

/** What helps to explain a failure to get a token. */
interface TokenFailure {
  /** The last HTTP exchange of the attempt, if the HTTP was ours. */
  last?: Exchange | undefined;
  /** Removes secrets from what Entra says, before it is shortened. */
  strike?: (text: string) => string;
  clock?: Clock;
}

/**
 * A failure to get a token, as a `GraphTransportError`: `EAUTH` if Entra refused, `ECONNECTION` or `ETIMEDOUT`
 * if it could not be reached.
 */
export function toTokenError(
  error: unknown,
  authority: string,
  { last, strike = (text) => text, clock = systemClock }: TokenFailure = {},
): GraphTransportError {
  if (error instanceof GraphTransportError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const text = strike(cause.message);
  const refusal = /AADSTS\d+/.exec(text);
  if (!refusal && last && 'error' in last) {
    return toConnectionError(last.error, authority, {
      outcome: 'not-accepted',
      ...(last.error instanceof LongAnswerError && { hint: NOT_ENTRA }),
    });
  }
  const { status, requestId, retryAfter } = last && 'status' in last ? last : NO_ANSWER;
  const byStatus = status === undefined ? undefined : statusCode(status);
  const wait = retryAfterMs(retryAfter, dateOf(clock));
  if (!refusal && byStatus?.busy) {
    return new GraphTransportError('ECONNECTION', `Entra is out of order: ${authority} answered ${status}.`, {
      outcome: 'not-accepted',
      ...waitOf(wait, byStatus.throttles === true),
      hint: 'Nothing was sent: try again later.',
      responseCode: status,
      requestId,
      response: String(status),
      cause,
    });
  }
  const graphCode = refusal?.[0];
  const known = entraCode(graphCode ?? '');
  // The library's own prefix tells an operator nothing. Entra's sentence begins with its code.
  const said = withIdsOnce(refusal ? text.slice(refusal.index) : text);
  // Asking for a token twice does no harm, so an answer that makes no sense is worth a retry.
  const mayPass = byStatus?.busy || (status !== undefined && status < 300);
  const outcome = known?.outcome ?? (mayPass ? 'not-accepted' : 'refused');
  const isThrottled = outcome === 'not-accepted' && (byStatus?.throttles ?? known?.throttles) === true;
  const details = {
    hint: refusal ? known?.hint : hintOfStatus(status),
    responseCode: status,
    graphCode,
    requestId,
    response: said,
    outcome,
    ...waitOf(wait, isThrottled),
    link: known?.link,
    cause,
  };
  const code = known?.code ?? 'EAUTH';
  const sentence = said.replace(/\.?$/, '.');
  return known
    ? new GraphTransportError(code, `No token from ${authority}: ${graphCode}.`, {
        ...details,
        smallPrint: `Entra says: ${sentence.replace(/^AADSTS\d+:\s*/, '')}`,
      })
    : new GraphTransportError(code, `No token from ${authority}: ${sentence}`, details);
}

/** The ids that support asks for, wherever they are in the text. */
const IDS = /[\s.-]*\b(Trace ID|Correlation ID|Timestamp): (\d{4}-\d\d-\d\d[ T][\d:.]+Z?|[\w-]+)/g;

/** The longest text that is passed on. Entra's are far shorter. */
const MAX_TEXT_LENGTH = 2000;

/**
 * Entra's text on one line, with each id once and at the end: Microsoft's library repeats them after the
 * sentence.
 */
function withIdsOnce(text: string): string {
  const start = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
  const line = start.replace(/\s+/g, ' ').trim();
  const ids = new Map<string, string>();
  for (const [, name = '', id = ''] of line.matchAll(IDS)) if (!ids.has(name)) ids.set(name, id);
  if (ids.size === 0) return line;
  const sentence = line.replace(IDS, '').replace(/[\s.]*$/, '.');
  return `${sentence} ${[...ids].map(([name, id]) => `${name}: ${id}`).join(' ')}`;
}

const NOT_ENTRA =
  "The answer is not one of Entra's: check authorityHost, and whether there is a proxy in between.";

const NO_ANSWER = { status: undefined, requestId: undefined, retryAfter: undefined };

function hintOfStatus(status: number | undefined): string | undefined {
  if (status === undefined || status >= 400) return undefined;
  return NOT_ENTRA;
}
