import type { SandboxRuleName } from '../rules/index';
import type { Call } from './delivery';
import type { AnswerContext } from './ids';

/** What Entra says where it gives no token: `error` is OAuth's word, `aadsts` Microsoft's number. */
export interface EntraError {
  readonly status: number;
  readonly error: string;
  readonly aadsts: number;
  readonly message: string;
}

/** A request that Entra refuses: thrown by the rule that it breaks, answered in one place. */
export class EntraRefusal extends Error implements EntraError {
  override readonly name = 'EntraRefusal';

  constructor(
    /** The rule that the request breaks. */
    readonly rule: SandboxRuleName,
    readonly status: number,
    readonly error: string,
    readonly aadsts: number,
    message: string,
  ) {
    super(message);
  }
}

export function entraAnswer(status: number, body: object, call: Call): Response {
  return Response.json(body, {
    status,
    headers: {
      date: call.receivedAt.toUTCString(),
      'cache-control': 'no-store, no-cache',
      'x-ms-request-id': call.requestId,
      ...(call.clientRequestId !== undefined && { 'client-request-id': call.clientRequestId }),
    },
  });
}

export function entraRefusedAnswer(refused: EntraError, context: AnswerContext, call: Call): Response {
  return entraAnswer(refused.status, errorBody(refused, context, call), call);
}

function errorBody(
  { error, aadsts, message }: EntraError,
  { settings, ids }: AnswerContext,
  call: Call,
): object {
  const { authorityHost, clientSecret } = settings;
  // Never the id of the trace. [rule: token-answer]
  const correlationId = call.clientRequestId ?? ids.eventId();
  const timestamp = call.receivedAt.toISOString().replace(/T(.+)\.\d+Z$/, ' $1Z');
  return {
    error,
    // The message repeats what was sent, and a secret may have been sent in the wrong field.
    error_description:
      `AADSTS${aadsts}: ${message.replaceAll(clientSecret, '[secret]')} Trace ID: ${call.requestId} ` +
      `Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [aadsts],
    timestamp,
    trace_id: call.requestId,
    correlation_id: correlationId,
    error_uri: `${authorityHost}/error?code=${aadsts}`,
  };
}
