import { GraphTransportError } from '../errors';
import { answerCode } from '../service-codes';
import { parseJson, property } from './json-property';

/** An answer of Graph, as far as errors need it. */
export interface GraphAnswer {
  status: number;
  /** The body as text; the start of it, when it is long. */
  body: string;
  requestId: string | undefined;
  /** Undefined where the request carried none. */
  clientRequestId: string | undefined;
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
  const { code, outcome, hint, link } = answerCode(status, graphError?.codes ?? []);
  const response = [status, graphError?.codes[0], graphError?.message].filter(Boolean).join(' ');
  return new GraphTransportError(
    code,
    `Graph did not accept ${what}: ${response || status}${requestId ? ` (request-id ${requestId})` : ''}.`,
    {
      hint: hint ?? (graphError ? undefined : FOREIGN),
      responseCode: status,
      graphCode: graphError?.codes[0],
      requestId,
      clientRequestId,
      response,
      retryAfter,
      outcome,
      link,
    },
  );
}

const FOREIGN = 'The answer is not one of Graph: does a proxy or gateway stand between?';

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
