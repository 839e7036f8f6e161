import { types } from 'node:util';
import {
  GraphTransportError,
  type GraphTransportErrorCode,
  type GraphTransportErrorDetails,
} from './graph-transport-error';
import { ProxyError } from './proxy-error';

/** An Error of any realm, since Node's own may come from another than ours (in Jest, in a vm). */
const { isNativeError } = types;

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** What Node says of a certificate that nobody it trusts has signed. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const ASK_FOR_CA =
  'A proxy or virus scanner that reads along may have put its own certificate there: give the certificate of its authority in tls.ca.';

/**
 * A request that got no answer, as a `GraphTransportError`: `ETIMEDOUT` or `ECONNECTION`.
 *
 * undici's errors are told apart by `code`, since the caller's dispatcher may come from another copy of it.
 */
export function toConnectionError(
  error: unknown,
  target: string,
  details: GraphTransportErrorDetails = {},
): GraphTransportError {
  const cause = isNativeError(error) ? error : new Error(String(error));
  if (cause instanceof ProxyError) return toProxyFailure(cause, target, details);
  const reason = errorCode(cause);
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

/** Longest message of another library that is passed on. */
const MAX_MESSAGE_LENGTH = 500;

function startOf(message: string): string {
  return message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message;
}

/** Codes of connections that never came to be, as far as `syscall` does not say so: certificates, mostly. */
const NO_CONNECTION =
  /^(?:UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|UNABLE_TO_.*|SELF_SIGNED_.*|DEPTH_ZERO_.*)$/;

/** Whether a request failed before there was a connection to write it to. */
export function hadNoConnection(error: unknown): boolean {
  return [error, ...innerErrors(error)].some((candidate) => {
    if (!isNativeError(candidate)) return false;
    if ('syscall' in candidate && (candidate.syscall === 'connect' || candidate.syscall === 'getaddrinfo')) {
      return true;
    }
    return 'code' in candidate && NO_CONNECTION.test(String(candidate.code));
  });
}

/** The service behind has not seen the request, so that nothing was sent, whatever it was. */
function toProxyFailure(
  error: ProxyError,
  target: string,
  details: GraphTransportErrorDetails,
): GraphTransportError {
  const { proxy, status, logins } = error;
  if (status === 407) {
    return new GraphTransportError(
      'EAUTH',
      `No way to ${target}: the proxy ${proxy} wants a user name and password, or other ones (407${logins ? `, ${logins}` : ''}).`,
      {
        hint: 'Put them into the option proxy or the variable HTTPS_PROXY, as in http://user:password@host:port; other logins than Basic are not supported.',
        ...details,
        responseCode: status,
        outcome: 'refused',
        cause: error,
      },
    );
  }
  const cause = isNativeError(error.cause) ? error.cause : error;
  const reason = errorCode(cause);
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
  if (status !== undefined) return 'Have the proxy let this machine through to that host.';
  return 'Check the option proxy or the variable HTTPS_PROXY, and whether this machine reaches that proxy.';
}

function isUntrusted(reason: string | undefined): boolean {
  return reason !== undefined && UNTRUSTED.has(reason);
}

function codeOf(reason: string | undefined): GraphTransportErrorCode {
  return reason && TIMEOUTS.has(reason) ? 'ETIMEDOUT' : 'ECONNECTION';
}

/** The code of an error, or of the first of the errors that it stands for (Node tries IPv6 and IPv4 at once). */
function errorCode(error: Error): string | undefined {
  for (const candidate of [error, ...innerErrors(error)]) {
    if (isNativeError(candidate) && 'code' in candidate && typeof candidate.code === 'string') {
      return candidate.code;
    }
  }
  return undefined;
}

/** What an AggregateError stands for. */
function innerErrors(error: unknown): unknown[] {
  return isNativeError(error) && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
}
