import type { SandboxSettings } from '../settings';
import type { Call } from './delivery';
import { bearerChallenge, type GraphError, INVALID_AUDIENCE, INVALID_TOKEN } from './graph-refusal';
import type { AnswerContext, Ids } from './ids';

const DIAGNOSTIC = JSON.stringify({
  ServerInfo: { DataCenter: 'Sandbox', Slice: 'E', Ring: '0', ScaleUnit: '000', RoleInstance: 'SANDBOX' },
});

/** An answer without a body. */
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

/** An answer that is a file, not JSON. */
export function fileAnswer(
  content: Buffer,
  contentType: string,
  call: Call,
  headers?: Record<string, string>,
): Response {
  return new Response(new Uint8Array(content), {
    status: 200,
    headers: { ...graphHeaders(call), 'content-type': contentType, ...headers },
  });
}

export function refusedAnswer(error: GraphError, { settings, ids }: AnswerContext, call: Call): Response {
  const { status, code, message } = error;
  const kind = TOKEN_ERRORS[code];
  const innerError = kind === undefined ? innerErrorOf(call) : tokenError(kind, ids, call);
  const headers = { ...headersFor(status, settings), ...error.headers };
  return jsonAnswer(status, { error: { code, message, innerError } }, call, headers);
}

/** The codes for a bad token, each with the anchor of its explanation. */
const TOKEN_ERRORS: Readonly<Record<string, string>> = {
  [INVALID_TOKEN]: 'InvalidGrant',
  [INVALID_AUDIENCE]: 'InvalidResource',
};

function headersFor(status: number, settings: SandboxSettings): Record<string, string> {
  if (status === 401) return { 'www-authenticate': bearerChallenge(settings) };
  return status === 405 ? { allow: 'POST' } : {};
}

function innerErrorOf(call: Call): object {
  return {
    date: dateOf(call),
    'request-id': call.requestId,
    'client-request-id': call.clientRequestId ?? call.requestId,
  };
}

/** What a refused token gets in place of the usual ids. [rule: token-error-shape] */
function tokenError(kind: string, { eventId, changeKey }: Ids, call: Call): object {
  return {
    oAuthEventOperationId: eventId(),
    oAuthEventcV: `${changeKey().slice(-22)}.1.1`,
    errorUrl: `https://aka.ms/autherrors#error-${kind}`,
    requestId: call.requestId,
    date: dateOf(call),
  };
}

function dateOf({ receivedAt }: Call): string {
  return receivedAt.toISOString().slice(0, 19);
}

function graphHeaders(call: Call): Record<string, string> {
  return {
    date: call.receivedAt.toUTCString(),
    'request-id': call.requestId,
    // Without the client's id, the service repeats its own. [rule: client-request-id] [rule: own-request-id]
    'client-request-id': call.clientRequestId ?? call.requestId,
    'x-ms-ags-diagnostic': DIAGNOSTIC,
  };
}

/** A time of a message or an attachment, as precise as the service shows it. [rule: whole-seconds] */
export function showTime(time: Date, { timePrecision }: SandboxSettings): string {
  const text = time.toISOString();
  return timePrecision === 'seconds' ? text.replace(/\.\d+Z$/, 'Z') : text;
}
