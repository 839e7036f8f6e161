import { GraphTransportError } from '../errors/graph-transport-error';
import { waitOf } from '../errors/retry-after';
import { type AnswerMeaning, answerCode, statusCode } from '../errors/service-codes/answer-code';
import { graphCode } from '../errors/service-codes/graph-codes';

/** The parts of Graph's answer that errors need. */
export interface GraphAnswer {
  status: number;
  /** The body as text; only its start if it is long. */
  body: string;
  requestId: string | undefined;
  /** Undefined if the request carried none. */
  clientRequestId: string | undefined;
  /** The wait that `Retry-After` asks for, in milliseconds. */
  retryAfter: number | undefined;
}

/**
 * Any answer other than the expected one, as a `GraphTransportError`.
 *
 * @param what the thing that Graph was asked to accept, such as "the message"
 * @param strike removes secrets from what Graph says, before it is shortened
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

const FOREIGN = "The answer is not one of Graph's: is there a proxy or gateway in between?";

/**
 * The codes that Graph usually gives with these statuses. Their advice also fits when the code is a generic
 * one.
 */
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
  /** The most specific code first: Graph nests them in `innerError`. Empty codes are left out. */
  codes: string[];
  message: string;
}

/**
 * Reads `{ error: { code, message, innerError } }` with names in any case, since services behind Graph spell
 * `innerError` both ways (Microsoft Graph documentation, concepts/errors.md).
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

/** Graph's own codes are at most half as long. */
const MAX_CODE_LENGTH = 100;

/** The longest part of a service's sentence that is passed on. Some answers echo what they were sent. */
const MAX_MESSAGE_LENGTH = 500;

function presentable(text: string): string {
  // Graph has been seen to put the HTML page of a service behind it into its message.
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

/** A parameter of a challenge, with its value quoted or not, or the scheme that begins the next challenge. */
const PARAMETER_OR_SCHEME = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+)/g;

/**
 * The claims that Graph demands of the next token, from an answer's `WWW-Authenticate`; undefined if it demands
 * none. The claims are JSON in base64 (Microsoft Entra documentation,
 * docs/identity-platform/claims-challenge.md).
 *
 * There may also be a PoP challenge, in the same header or in a separate one (recorded). Its claims do not
 * apply to a bearer token.
 */
export function claimsOf(wwwAuthenticate: string | string[] | undefined): string | undefined {
  if (wwwAuthenticate === undefined) return undefined;
  let scheme = '';
  for (const match of [wwwAuthenticate].flat().join(', ').matchAll(PARAMETER_OR_SCHEME)) {
    const [, name, quoted, plain, nextScheme] = match;
    scheme = nextScheme?.toLowerCase() ?? scheme;
    if (scheme !== 'bearer' || name?.toLowerCase() !== 'claims') continue;
    const claims = Buffer.from(quoted ?? plain ?? '', 'base64').toString();
    if (isJsonObject(claims)) return claims;
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** The parsed JSON; undefined if the text is not valid JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A property of an object in an answer, whatever its case: services behind Graph write `innerError` and
 * `innererror` (Microsoft Graph documentation, concepts/errors.md).
 */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
