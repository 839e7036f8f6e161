import { GraphTransportError } from '../errors/graph-transport-error';
import { waitOf } from '../errors/retry-after';
import { type AnswerMeaning, answerCode, graphCode, statusCode } from '../errors/service-codes';
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
 * @param strike strikes out secrets of what Graph says, before it is cut
 */
export function toAnswerError(
  answer: GraphAnswer,
  what: string,
  strike: (text: string) => string = (text) => text,
): GraphTransportError {
  const { status, requestId, clientRequestId, retryAfter } = answer;
  const graphError = parseGraphError(answer.body, strike);
  const { code, outcome, hint, link, throttles = false } = meaningOf(status, graphError);
  const response = [status, graphError?.codes[0], graphError?.message].filter(Boolean).join(' ');
  return new GraphTransportError(
    code,
    `Graph did not accept ${what}: ${response}${requestId ? ` (request-id ${requestId})` : ''}.`,
    {
      hint,
      responseCode: status,
      graphCode: graphError?.codes[0],
      requestId,
      clientRequestId,
      response,
      ...waitOf(retryAfter, throttles),
      outcome,
      link,
    },
  );
}

const FOREIGN = 'The answer is not one of Graph: does a proxy or gateway stand between?';

/** The codes that Graph would have given, had it not given a generic one: what they advise holds all the same. */
const USUAL_CODES: ReadonlyMap<number, string> = new Map([
  [401, 'ErrorAccessDenied'],
  [403, 'ErrorAccessDenied'],
  [404, 'ErrorInvalidUser'],
]);

function meaningOf(status: number, graphError: GraphError | undefined): AnswerMeaning {
  if (!graphError) return { ...statusCode(status), hint: statusCode(status).hint ?? FOREIGN };
  const meaning = answerCode(status, graphError.codes);
  if (meaning.hint !== undefined) return meaning;
  const usual = graphCode(USUAL_CODES.get(status) ?? '');
  return { ...meaning, hint: usual?.hint, link: usual?.link };
}

interface GraphError {
  /** The most specific code first: Graph nests them in `innerError`. None where Graph gives an empty one. */
  codes: string[];
  message: string;
}

/**
 * Reads `{ error: { code, message, innerError } }` with names in any case, since services behind Graph
 * spell `innerError` both ways (Microsoft Graph documentation, concepts/errors.md).
 */
function parseGraphError(body: string, strike: (text: string) => string): GraphError | undefined {
  const codes: string[] = [];
  let message = '';
  let isGraphs = false;
  for (
    let level = property(parseJson(body), 'error');
    level !== undefined;
    level = property(level, 'innererror')
  ) {
    const code = property(level, 'code');
    const text = property(level, 'message');
    isGraphs ||= typeof code === 'string' || typeof text === 'string';
    if (typeof code === 'string' && code.trim()) codes.unshift(strike(code).trim().slice(0, MAX_CODE_LENGTH));
    if (typeof text === 'string' && !message) message = presentable(strike(text));
  }
  return isGraphs ? { codes, message } : undefined;
}

/** Graph's own codes are half as long. */
const MAX_CODE_LENGTH = 100;

/** Longest part of a service's sentence that is passed on: some answers echo what they were sent. */
const MAX_MESSAGE_LENGTH = 500;

function presentable(text: string): string {
  // Graph has been seen to put the page of a service behind it into its message.
  const plain = /<(?:!doctype|html)\b/i.test(text) ? text.replace(/<[^<>]*>/g, ' ') : text;
  const line = plain
    .replace(/\s+/g, ' ')
    .replace(/\bBearer [\w.~+/-]+=*/gi, 'Bearer …')
    .trim();
  return (line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line).replace(
    /\.$/,
    '',
  );
}
