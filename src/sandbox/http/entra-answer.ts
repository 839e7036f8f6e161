import type { SandboxRuleName } from '../rules/index';
import type { Call } from './delivery';
import type { AnswerContext } from './ids';

/** A refusal in Entra's form: `error` is OAuth's code, `aadsts` Microsoft's number. */
export interface EntraError {
  readonly status: number;
  readonly error: string;
  readonly aadsts: number;
  readonly message: string;
}

/** A request that Entra refuses: thrown where a rule is broken, answered in one place. */
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
  // Never the same as the trace id. [rule: token-answer]
  const correlationId = call.clientRequestId ?? ids.eventId();
  const timestamp = call.receivedAt.toISOString().replace(/T(.+)\.\d+Z$/, ' $1Z');
  return {
    error,
    // The message quotes the request, which may hold the secret in the wrong field.
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
