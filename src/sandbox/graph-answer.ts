import type { Call } from './call';
import type { SandboxRuleName } from './rules';

/** What Graph says where it does not do what it was asked. */
export interface GraphError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that Graph refuses: thrown by the rule that it breaks, answered in one place. */
export class GraphRefusal extends Error implements GraphError {
  override readonly name = 'GraphRefusal';

  constructor(
    /** The rule that the request breaks. */
    readonly rule: SandboxRuleName,
    readonly status: number,
    readonly code: string,
    message: string,
    /** Beside those that every answer has. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const STATUS_HEADERS: Readonly<Record<number, Record<string, string>>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'POST' },
};

const DIAGNOSTIC = JSON.stringify({
  ServerInfo: { DataCenter: 'Sandbox', Slice: 'E', Ring: '0', ScaleUnit: '000', RoleInstance: 'SANDBOX' },
});

/** Done, and there is nothing to say. */
export function emptyAnswer(status: number, call: Call, headers?: Record<string, string>): Response {
  return new Response(null, { status, headers: { ...graphHeaders(call), ...headers } });
}

export function jsonAnswer(
  status: number,
  body: object,
  call: Call,
  headers?: Record<string, string>,
): Response {
  return Response.json(body, { status, headers: { ...graphHeaders(call), ...headers } });
}

export function refusedAnswer(error: GraphError, call: Call): Response {
  const innerError = {
    date: call.receivedAt.toISOString().slice(0, 19),
    'request-id': call.requestId,
    'client-request-id': call.clientRequestId ?? call.requestId,
  };
  const { status, code, message } = error;
  const headers = { ...STATUS_HEADERS[status], ...error.headers };
  return jsonAnswer(status, { error: { code, message, innerError } }, call, headers);
}

function graphHeaders(call: Call): Record<string, string> {
  return {
    date: call.receivedAt.toUTCString(),
    'request-id': call.requestId,
    // [rule: client-request-id]
    ...(call.clientRequestId !== undefined && { 'client-request-id': call.clientRequestId }),
    'x-ms-ags-diagnostic': DIAGNOSTIC,
  };
}
