/**
 * Nodemailer's error codes that this transport uses:
 *
 * - `ECONFIG`: the options are wrong; thrown by `graphTransport()` itself
 * - `EAUTH`: Entra issued no token, Graph did not accept it or denied access, or a proxy requires
 *   authentication
 * - `EENVELOPE`: a sender or recipient that Graph cannot use, or that may not be used
 * - `EMESSAGE`: the message itself: it is too large, or cannot be carried whole
 * - `ECONNECTION`: no answer, or an answer that says that the service is unavailable
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
 * What became of a failed request:
 *
 * - `not-accepted`: it was certainly not carried out, and may be made again
 * - `unknown`: it may have been carried out; a request that sends is then never made again
 * - `refused`: it was not carried out, and would be refused again
 */
export type Outcome = 'not-accepted' | 'unknown' | 'refused';

/** What a `GraphTransportError` carries besides its code and message. */
export interface GraphTransportErrorDetails {
  /** @default 'refused' */
  outcome?: Outcome | undefined;
  /** How long the service asks us to wait, in milliseconds. */
  retryAfter?: number | undefined;
  /** Whether the service throttles without saying for how long, which makes `retryAfter` our own estimate. */
  isOwnWait?: boolean | undefined;
  /** What to do about it, in a sentence. */
  hint?: string | undefined;
  /** What the service itself says: for support, not for the first reader of the message. */
  smallPrint?: string | undefined;
  /** HTTP status of the answer, under the name that Nodemailer uses for SMTP reply codes. */
  responseCode?: number | undefined;
  /** Graph's or Exchange's own code (`ErrorSendAsDenied`), or Entra's (`AADSTS7000215`). */
  graphCode?: string | undefined;
  /** The `request-id` of the answer, which Microsoft support asks for. */
  requestId?: string | undefined;
  /** The `client-request-id` that this transport gave the request. */
  clientRequestId?: string | undefined;
  /** The service's answer in one line: status, code and message. */
  response?: string | undefined;
  /** Id of a draft that is left in the mailbox or, if the error is ambiguous, may have been sent. */
  draftId?: string | undefined;
  /** Microsoft's page about the code. */
  link?: string | undefined;
  /** The underlying error. */
  cause?: unknown;
}

/** Details that become properties of the error under the same name. */
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

/** What `with` changes. */
export interface ErrorChanges extends GraphTransportErrorDetails {
  code?: GraphTransportErrorCode;
  /** Without hint, link and small print. */
  message?: string;
  /** Goes in front of the message. */
  before?: string;
}

/**
 * Any failure of this transport, as `sendMail` passes it to its callback or rejects with it.
 *
 * `message` alone is enough to act on: it says what failed and what to do. Recognise the class by `error.name
 * === 'GraphTransportError'`: if a program contains two copies of this package, `instanceof` recognises only
 * its own.
 */
export class GraphTransportError extends Error {
  /** Identifies the class where `instanceof` may not. */
  override readonly name = 'GraphTransportError';
  /** Nodemailer's code for the kind of failure. */
  readonly code: GraphTransportErrorCode;
  /** What to do about it, in a sentence. It is part of `message`. */
  declare readonly hint?: string | undefined;
  /** HTTP status of the answer, if there was one. */
  declare readonly responseCode?: number | undefined;
  /** Graph's, Exchange's or Entra's own code. */
  declare readonly graphCode?: string | undefined;
  /** The `request-id` of the answer, which Microsoft support asks for. */
  declare readonly requestId?: string | undefined;
  /** The `client-request-id` that this transport gave the request. */
  declare readonly clientRequestId?: string | undefined;
  /** The service's answer in one line: status, code and message. */
  declare readonly response?: string | undefined;
  /** Id of a draft that is left in the mailbox or, if the error is ambiguous, may have been sent. */
  declare readonly draftId?: string | undefined;
  /** True if nothing was sent and sending the same message later may work: throttling, no connection. */
  readonly retryable: boolean;
  /** True if the message may have been sent: sending it again may deliver it twice. */
  readonly ambiguous: boolean;
  /**
   * As in Nodemailer: true if sending the same message again cannot help, false if it can (`retryable`). It is
   * undefined if the message may have been sent (`ambiguous`) and if the caller aborted, which says nothing
   * about the message.
   */
  declare readonly permanent?: boolean | undefined;
  /**
   * How long to wait before the next attempt, in milliseconds: what the service asks for. If the service
   * throttles without a number, it is our own estimate: half a minute, doubled with every attempt.
   */
  declare readonly retryAfter?: number | undefined;
  /** Microsoft's page about the code. */
  declare readonly link?: string | undefined;
  /**
   * What the error was made of; everything else is derived from it. It is not enumerable, so it is not logged.
   *
   * @internal
   */
  declare readonly details: Readonly<Omit<GraphTransportErrorDetails, 'cause'> & { message: string }>;

  /** Pass `message` without hint, link and small print: they are appended in this order. */
  constructor(code: GraphTransportErrorCode, message: string, details: GraphTransportErrorDetails = {}) {
    const { cause, ...others } = details;
    const { outcome, hint, link, smallPrint } = others;
    const sentences = [message, hint, link && `See ${link}`, smallPrint];
    super(sentences.filter(Boolean).join(' '), cause === undefined ? undefined : { cause });
    Object.defineProperty(this, 'details', { value: { ...others, message } });
    this.code = code;
    this.retryable = outcome === 'not-accepted';
    this.ambiguous = outcome === 'unknown';
    const isVerdict = !this.ambiguous && (this.retryable || code !== 'EABORT');
    if (isVerdict) this.permanent = !this.retryable;
    // Sets only what is given: console.log() prints all own properties of an error, even undefined ones.
    for (const name of FIELDS) {
      if (details[name] !== undefined) Object.assign(this, { [name]: details[name] });
    }
  }

  /**
   * The same error, of the same class, with something changed or added. A detail that is changed to undefined
   * is removed.
   *
   * @internal
   */
  with(changes: ErrorChanges): GraphTransportError {
    const { code = this.code, before = '', message = before + this.details.message, ...details } = changes;
    const copy = new GraphTransportError(code, message, { ...this.details, cause: this.cause, ...details });
    if (this.constructor !== GraphTransportError) Object.setPrototypeOf(copy, Object.getPrototypeOf(this));
    keepStack(copy, this);
    return copy;
  }
}

/**
 * Gives a copy the stack of its original, under its own message. Node writes a stack out when it is first read,
 * which costs more than the rest of the error, so that is left until the copy's is read.
 */
function keepStack(copy: Error, original: Error): void {
  // To redefine it without deleting it first would write it out.
  Reflect.deleteProperty(copy, 'stack');
  Object.defineProperty(copy, 'stack', {
    configurable: true,
    get() {
      const { stack = '', message } = original;
      const start = stack.indexOf(message);
      if (start < 0) return `${copy.name}: ${copy.message}`;
      return stack.slice(0, start) + copy.message + stack.slice(start + message.length);
    },
    set(value: unknown) {
      Object.defineProperty(copy, 'stack', { value, writable: true });
    },
  });
}

// What is not set can still be read, as undefined, and `in` still finds it.
for (const name of FIELDS) {
  Object.defineProperty(GraphTransportError.prototype, name, { value: undefined, writable: true });
}

/**
 * Turns any error into one that says what it means. Errors with a code, Nodemailer's or Node's, stay as they
 * are.
 */
export function asSendError(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if (errorCode(cause) !== undefined) return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be sent: ${cause.message}.`, { cause });
}

/** The outcome of an error. An error that is not ours is final. */
export function outcomeOf(error: unknown): Outcome {
  return (error instanceof GraphTransportError && error.details.outcome) || 'refused';
}

/** The `code` of an error, as Node, Nodemailer and undici give their own; from whichever realm it comes. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A field of whatever was thrown. Errors of other transports, and of another copy of this package, have no class to check. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
