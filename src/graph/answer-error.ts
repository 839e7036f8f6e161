import { GraphTransportError, type GraphTransportErrorCode, type Outcome } from '../errors';
import { graphHint } from '../hints';
import { parseJson, property } from './json-property';

/** An answer of Graph, as far as errors need it. */
export interface GraphAnswer {
  status: number;
  /** The body as text; the start of it, when it is long. */
  body: string;
  requestId: string | undefined;
  clientRequestId: string;
  /** What `Retry-After` asks for, in milliseconds. */
  retryAfter: number | undefined;
}

/**
 * An answer other than the one that says "accepted", as a `GraphTransportError`.
 *
 * @param what what was asked of Graph to accept
 */
export function toAnswerError(answer: GraphAnswer, what: string): GraphTransportError {
  const { status, requestId, clientRequestId, retryAfter } = answer;
  const graphError = parseGraphError(answer.body);
  const known = graphError?.codes.map(graphHint).find((hint) => hint !== undefined);
  const response = [status, graphError?.codes[0], graphError?.message].filter(Boolean).join(' ');
  return new GraphTransportError(
    known?.code ?? codeOfStatus(status),
    `Graph did not accept ${what}: ${response || status}${requestId ? ` (request-id ${requestId})` : ''}.`,
    {
      hint: known?.hint ?? hintOfStatus(status, graphError !== undefined),
      responseCode: status,
      graphCode: graphError?.codes[0],
      requestId,
      clientRequestId,
      response,
      retryAfter,
      outcome: outcomeOfStatus(status),
    },
  );
}

interface GraphError {
  /** The most specific code first: Graph nests them in `innerError`. */
  codes: string[];
  message: string;
}

/**
 * Reads `{ error: { code, message, innerError } }` with names in any case, since services behind Graph
 * spell `innerError` both ways (Microsoft Graph documentation, concepts/errors.md).
 */
function parseGraphError(body: string): GraphError | undefined {
  const codes: string[] = [];
  let message = '';
  for (
    let level = property(parseJson(body), 'error');
    level !== undefined;
    level = property(level, 'innererror')
  ) {
    const code = property(level, 'code');
    const text = property(level, 'message');
    if (typeof code === 'string' && code) codes.unshift(code);
    if (typeof text === 'string' && !message) message = presentable(text);
  }
  return codes.length > 0 ? { codes, message } : undefined;
}

/** Longest part of a service's sentence that is passed on: some answers echo what they were sent. */
const MAX_MESSAGE_LENGTH = 500;

function presentable(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/\bBearer [\w.~+/-]+=*/gi, 'Bearer …')
    .trim();
  return (line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line).replace(
    /\.$/,
    '',
  );
}

function codeOfStatus(status: number): GraphTransportErrorCode {
  if (status === 401 || status === 403 || status === 407) return 'EAUTH';
  if (status === 404) return 'EENVELOPE';
  if (status === 408 || status === 429 || status === 504 || status === 509) return 'ETIMEDOUT';
  return status >= 500 ? 'ECONNECTION' : 'EMESSAGE';
}

function outcomeOfStatus(status: number): Outcome {
  if (status === 429 || status === 509 || status === 503) return 'not-accepted';
  if (status === 408 || status >= 500 || status < 300) return 'unknown';
  return 'refused';
}

function hintOfStatus(status: number, fromGraph: boolean): string | undefined {
  if (status >= 200 && status < 300) {
    return 'Only 202 says that Exchange has taken the message; anything else must be seen as not sent.';
  }
  if (status >= 300 && status < 400) return 'Redirects are not followed: check graphEndpoint.';
  if (status === 413) return 'The request is over what Graph takes in one piece (4 MB).';
  if (status === 429) return 'Graph throttles this app or mailbox: send more slowly.';
  if (!fromGraph) return 'The answer is not one of Graph: does a proxy or gateway stand between?';
  return undefined;
}
