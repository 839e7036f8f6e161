/**
 * Nodemailer's error codes that this transport uses:
 *
 * - `ECONFIG`: the options are wrong; thrown by `graphTransport()` itself
 * - `EAUTH`: Entra gave no token, Graph does not accept or honour it, or a proxy wants a login
 * - `EENVELOPE`: a sender or recipient that Graph cannot or may not use
 * - `EMESSAGE`: the message itself: too large, or not to be carried whole
 * - `ECONNECTION`: no answer, or one that says the service is out of order
 * - `ETIMEDOUT`: no answer in time, or a gateway that gave up waiting
 * - `EABORT`: the caller aborted the send
 */
export type GraphTransportErrorCode =
  | 'ECONFIG'
  | 'EAUTH'
  | 'EENVELOPE'
  | 'EMESSAGE'
  | 'ECONNECTION'
  | 'ETIMEDOUT'
  | 'EABORT';

/**
 * What became of a request that failed:
 *
 * - `not-accepted`: it was certainly not carried out, and may be made again
 * - `unknown`: nobody can say whether it was carried out; one that sends is never made again
 * - `refused`: it was not carried out and would not be the next time
 */
export type Outcome = 'not-accepted' | 'unknown' | 'refused';

/** What a `GraphTransportError` carries beside its code and message. */
export interface GraphTransportErrorDetails {
  /** @default 'refused' */
  outcome?: Outcome | undefined;
  /** How long the service asks to wait, in milliseconds. */
  retryAfter?: number | undefined;
  /** Whether the service throttles, and `retryAfter` is ours because it did not say for how long. */
  isOwnWait?: boolean | undefined;
  /** What to do about it, in a sentence. */
  hint?: string | undefined;
  /** What the service says itself, for support rather than for whoever reads the message first. */
  smallPrint?: string | undefined;
  /** HTTP status of the answer, under the name that Nodemailer uses for SMTP reply codes. */
  responseCode?: number | undefined;
  /** Graph's or Exchange's own code (`ErrorSendAsDenied`), or Entra's (`AADSTS7000215`). */
  graphCode?: string | undefined;
  /** `request-id` of the answer: what Microsoft support asks for. */
  requestId?: string | undefined;
  /** `client-request-id` that this transport gave the request. */
  clientRequestId?: string | undefined;
  /** The service's answer in one line: status, code and message. */
  response?: string | undefined;
  /** Id of a draft that is left in the mailbox, or that may have been sent where the error is ambiguous. */
  draftId?: string | undefined;
  /** Microsoft's page on the code. */
  link?: string | undefined;
  /** The error that this one was made of. */
  cause?: unknown;
}

/** Details that are properties of the error under the same name. */
const FIELDS = [
  'hint',
  'responseCode',
  'graphCode',
  'requestId',
  'clientRequestId',
  'response',
  'draftId',
  'retryAfter',
  'link',
] as const satisfies readonly (keyof GraphTransportErrorDetails)[];

/** What errors say before and after hint and link. */
const WORDS = new WeakMap<Error, { first: string; last: string | undefined }>();
/** Errors of a service that throttles without a number. */
const OWN_WAITS = new WeakSet<Error>();

/**
 * Any failure of this transport, as it reaches `sendMail`'s callback or promise.
 *
 * `message` alone is enough to act on: it says what failed and what to do. Recognise the class by
 * `error.name === 'GraphTransportError'`: with two copies of this package in one program `instanceof`
 * sees only its own.
 */
export class GraphTransportError extends Error {
  /** Tells the class, where `instanceof` may not. */
  override readonly name = 'GraphTransportError';
  /** Nodemailer's code for the kind of failure. */
  readonly code: GraphTransportErrorCode;
  /** What to do about it, in a sentence; it is part of `message`. */
  declare readonly hint?: string | undefined;
  /** HTTP status of the answer, if there was one. */
  declare readonly responseCode?: number | undefined;
  /** Graph's, Exchange's or Entra's own code. */
  declare readonly graphCode?: string | undefined;
  /** `request-id` of the answer: what Microsoft support asks for. */
  declare readonly requestId?: string | undefined;
  /** `client-request-id` that this transport gave the request. */
  declare readonly clientRequestId?: string | undefined;
  /** The service's answer in one line: status, code and message. */
  declare readonly response?: string | undefined;
  /** Id of a draft that is left in the mailbox, or that may have been sent where the error is ambiguous. */
  declare readonly draftId?: string | undefined;
  /** Nothing was sent, and to send the same message later has a chance: throttling, no connection. */
  readonly retryable: boolean;
  /** The message may have been sent: whoever sends it again may send it twice. */
  readonly ambiguous: boolean;
  /**
   * As Nodemailer has it: true where sending the same message again cannot help, false where it can (`retryable`),
   * undefined where it may have been sent (`ambiguous`) and where the caller aborted, which says nothing about the
   * message.
   */
  declare readonly permanent?: boolean | undefined;
  /**
   * How long to wait before the next try, in milliseconds: what the service asks for, or our own guess (half a minute,
   * doubled with every attempt) when it throttles without a number.
   */
  declare readonly retryAfter?: number | undefined;
  /** Microsoft's page on the code. */
  declare readonly link?: string | undefined;

  /** `message` comes without hint, link and small print, which are added to it in this order. */
  constructor(code: GraphTransportErrorCode, message: string, details: GraphTransportErrorDetails = {}) {
    const { cause, outcome, hint, link, smallPrint } = details;
    const sentences = [message, hint, link && `See ${link}`, smallPrint];
    super(sentences.filter(Boolean).join(' '), cause === undefined ? undefined : { cause });
    WORDS.set(this, { first: message, last: smallPrint });
    if (details.isOwnWait) OWN_WAITS.add(this);
    this.code = code;
    this.retryable = outcome === 'not-accepted';
    this.ambiguous = outcome === 'unknown';
    const isVerdict = !this.ambiguous && (this.retryable || code !== 'EABORT');
    if (isVerdict) this.permanent = !this.retryable;
    // Only what is set: console.log() prints every property of its own that an error has, undefined ones too.
    for (const name of FIELDS) {
      if (details[name] !== undefined) Object.assign(this, { [name]: details[name] });
    }
  }
}

// What is not set is still there, undefined, for code that asks with `in`.
for (const name of FIELDS) {
  Object.defineProperty(GraphTransportError.prototype, name, { value: undefined, writable: true });
}

/** Any error as one that says what it means; those that have a code of Nodemailer's or Node's stay as they are. */
export function asSendError(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if ('code' in cause && typeof cause.code === 'string') return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be sent: ${cause.message}.`, { cause });
}

/** The outcome that an error stands for; one of somebody else's is final. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof GraphTransportError)) return 'refused';
  if (error.ambiguous) return 'unknown';
  return error.retryable ? 'not-accepted' : 'refused';
}

/** Whether the service throttles without saying for how long, which makes `retryAfter` a guess of ours. */
export function isOwnWait(error: GraphTransportError): boolean {
  return OWN_WAITS.has(error);
}

/** The same error with something changed or added; what is said before the message stands in front of it. */
export function alteredError(
  error: GraphTransportError,
  changes: GraphTransportErrorDetails & {
    code?: GraphTransportErrorCode;
    /** Without hint and link. */
    message?: string;
    before?: string;
  },
): GraphTransportError {
  const { code = error.code, before = '', ...others } = changes;
  const { message = before + (WORDS.get(error)?.first ?? error.message), ...details } = others;
  const { hint, responseCode, graphCode, requestId, clientRequestId, response, draftId, retryAfter, link } =
    error;
  return new GraphTransportError(code, message, {
    outcome: outcomeOf(error),
    hint,
    smallPrint: WORDS.get(error)?.last,
    responseCode,
    graphCode,
    requestId,
    clientRequestId,
    response,
    draftId,
    retryAfter,
    isOwnWait: isOwnWait(error),
    link,
    cause: error.cause,
    ...details,
  });
}

/** The same error with each of its texts changed, and another cause; itself, where nothing changes. */
export function changedError(
  error: GraphTransportError,
  change: (text: string) => string,
  cause: unknown,
): GraphTransportError {
  const { hint, graphCode, requestId, clientRequestId, response, draftId, link } = error;
  const { first = error.message, last } = WORDS.get(error) ?? {};
  const texts = {
    message: first,
    hint,
    smallPrint: last,
    graphCode,
    requestId,
    clientRequestId,
    response,
    draftId,
    link,
  };
  const changed: Partial<Record<keyof typeof texts, string>> = {};
  for (const [name, text] of Object.entries(texts)) {
    if (text !== undefined && change(text) !== text) Object.assign(changed, { [name]: change(text) });
  }
  // What is whole in the message may be in pieces in its parts. The stack is the message and places in code: to look at
  // it has Node write it out, which takes longer than all else that an error costs.
  const isWhole = change(error.message) === error.message;
  if (isWhole && Object.keys(changed).length === 0 && cause === error.cause) return error;
  const copy = alteredError(error, { ...changed, cause });
  copy.message = change(copy.message);
  copy.stack = change(error.stack ?? '');
  return copy;
}
