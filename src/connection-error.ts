import { GraphTransportError, type GraphTransportErrorCode, type GraphTransportErrorDetails } from './errors';

const TIMEOUTS: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

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
  const cause = error instanceof Error ? error : new Error(String(error));
  const reason = errorCode(cause);
  const code: GraphTransportErrorCode = reason && TIMEOUTS.has(reason) ? 'ETIMEDOUT' : 'ECONNECTION';
  return new GraphTransportError(
    code,
    `No answer from ${target}: ${cause.message || 'the connection failed'}${reason ? ` (${reason})` : ''}.`,
    {
      hint: 'Check DNS, firewall and proxy between this machine and that host.',
      ...details,
      cause,
    },
  );
}

/** Codes of connections that never came to be, as far as `syscall` does not say so: certificates, mostly. */
const NO_CONNECTION =
  /^(?:UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_.*|UNABLE_TO_.*|SELF_SIGNED_.*|DEPTH_ZERO_.*)$/;

/** Whether a request failed before there was a connection to write it to. */
export function hadNoConnection(error: unknown): boolean {
  const errors = error instanceof AggregateError ? [error, ...error.errors] : [error];
  return errors.some((candidate) => {
    if (!(candidate instanceof Error)) return false;
    if ('syscall' in candidate && (candidate.syscall === 'connect' || candidate.syscall === 'getaddrinfo')) {
      return true;
    }
    return 'code' in candidate && NO_CONNECTION.test(String(candidate.code));
  });
}

/** The code of an error, or of the first of the errors that it stands for (Node tries IPv6 and IPv4 at once). */
function errorCode(error: Error): string | undefined {
  const inner = error instanceof AggregateError ? [error, ...error.errors] : [error];
  for (const candidate of inner) {
    if (candidate instanceof Error && 'code' in candidate && typeof candidate.code === 'string') {
      return candidate.code;
    }
  }
  return undefined;
}
