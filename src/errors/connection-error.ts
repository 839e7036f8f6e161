import { types } from 'node:util';
import {
  errorCode,
  GraphTransportError,
  type GraphTransportErrorCode,
  type GraphTransportErrorDetails,
} from './graph-transport-error';

/**
 * Recognises an Error of any realm: in Jest or a vm, Node's own errors may come from a different one than ours.
 */
const { isNativeError } = types;

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** Node's codes for a certificate that no trusted authority has signed. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const ASK_FOR_CA =
  'A proxy or virus scanner that inspects traffic may have replaced the certificate: add the certificate of its authority to tls.ca.';

/**
 * A request that got no answer, as a `GraphTransportError`: `ETIMEDOUT` or `ECONNECTION`.
 *
 * undici's errors are recognised by `code`, because the caller's dispatcher may come from another copy of
 * undici.
 */
export function toConnectionError(
  error: unknown,
  target: string,
  details: GraphTransportErrorDetails = {},
): GraphTransportError {
  const cause = isNativeError(error) ? error : new Error(String(error));
  if (cause instanceof ProxyError) return toProxyFailure(cause, target, details);
  const reason = reasonOf(cause);
  return new GraphTransportError(
    codeOf(reason),
    `No answer from ${target}: ${startOf(cause.message) || 'the connection failed'}${reason ? ` (${reason})` : ''}.`,
    {
      hint: isUntrusted(reason)
        ? ASK_FOR_CA
        : 'Check DNS, firewall and proxy between this machine and that host.',
      ...details,
      cause,
    },
  );
}

/** The longest message of another library that we pass on. */
const MAX_MESSAGE_LENGTH = 500;

function startOf(message: string): string {
  return message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message;
}

/** The request never reached the service, so nothing was sent. */
function toProxyFailure(
  error: ProxyError,
  target: string,
  details: GraphTransportErrorDetails,
): GraphTransportError {
  const { proxy, status, logins } = error;
  if (status === 407) {
    return new GraphTransportError(
      'EAUTH',
      `Cannot reach ${target}: the proxy ${proxy} wants a user name and password, or rejected the ones it got (407${logins ? `, ${logins}` : ''}).`,
      {
        hint: 'Put them in the option proxy or the variable HTTPS_PROXY, as in http://user:password@host:port. Only Basic authentication is supported.',
        ...details,
        responseCode: status,
        outcome: 'refused',
        cause: error,
      },
    );
  }
  const cause = isNativeError(error.cause) ? error.cause : error;
  const reason = reasonOf(cause);
  const said =
    status === undefined
      ? `${startOf(cause.message) || 'no answer'}${reason ? ` (${reason})` : ''}`
      : `it answered ${status}`;
  return new GraphTransportError(codeOf(reason), `No way to ${target} through the proxy ${proxy}: ${said}.`, {
    hint: isUntrusted(reason) ? ASK_FOR_CA : proxyHint(status),
    ...details,
    responseCode: status,
    outcome: 'not-accepted',
    cause: error,
  });
}

function proxyHint(status: number | undefined): string {
  if (status !== undefined) return "Allow this host in the proxy's rules.";
  return 'Check the option proxy or the variable HTTPS_PROXY, and that this machine can reach the proxy.';
}

function isUntrusted(reason: string | undefined): boolean {
  return reason !== undefined && UNTRUSTED.has(reason);
}

function codeOf(reason: string | undefined): GraphTransportErrorCode {
  return reason && TIMEOUTS.has(reason) ? 'ETIMEDOUT' : 'ECONNECTION';
}

/** The error's code, or the first code among the errors it wraps (Node tries IPv6 and IPv4 at once). */
function reasonOf(error: Error): string | undefined {
  return [error, ...innerErrors(error)].map(errorCode).find((code) => code !== undefined);
}

/** The errors that an AggregateError wraps. */
function innerErrors(error: unknown): unknown[] {
  return isNativeError(error) && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
}

/** What is known about a failed connection to a proxy, or about the proxy's own refusal. */
export interface ProxyFailure {
  /** Host and port, without the password that may be in the URL. */
  proxy: string;
  /** The proxy's answer, if there was one. */
  status?: number | undefined;
  /** The authentication schemes that the proxy offers: `Basic`, `Negotiate` … */
  logins?: string | undefined;
  cause?: unknown;
}

/** A request that did not get past the proxy, so the service never saw it. */
export class ProxyError extends Error implements ProxyFailure {
  override readonly name = 'ProxyError';
  readonly code = 'EPROXY';
  readonly proxy: string;
  readonly status: number | undefined;
  readonly logins: string | undefined;

  constructor({ proxy, status, logins, cause }: ProxyFailure) {
    const what = status === undefined ? 'did not answer' : `answered ${status}`;
    super(`The proxy ${proxy} ${what}`, cause === undefined ? undefined : { cause });
    this.proxy = proxy;
    this.status = status;
    this.logins = logins;
  }
}
