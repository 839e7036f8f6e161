import type { Call } from '../call';
import type { Ids } from '../mailbox/make-ids';
import type { SandboxRuleName } from '../rules/index';
import type { SandboxSettings } from '../settings';

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

/** Of Graph itself, the same in every tenant. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

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

export function refusedAnswer(
  error: GraphError,
  { settings, ids }: { settings: SandboxSettings; ids: Ids },
  call: Call,
): Response {
  const { status, code, message } = error;
  const kind = TOKEN_ERRORS[code];
  const innerError = kind === undefined ? innerErrorOf(call) : tokenError(kind, ids, call);
  const headers = { ...headersFor(status, settings), ...error.headers };
  return jsonAnswer(status, { error: { code, message, innerError } }, call, headers);
}

/** The one code that Graph has for every fault of a token. */
export const INVALID_TOKEN = 'InvalidAuthenticationToken';
/** The one that Outlook has for a token that is for another resource. */
export const INVALID_AUDIENCE = 'InvalidAudience';
/** The codes of what is wrong with a token, each with the anchor of its explanation. */
const TOKEN_ERRORS: Readonly<Record<string, string>> = {
  [INVALID_TOKEN]: 'InvalidGrant',
  [INVALID_AUDIENCE]: 'InvalidResource',
};

/** What a 401 tells about where tokens come from. [rule: bearer-challenge] */
export function bearerChallenge(
  { authorityHost }: Pick<SandboxSettings, 'authorityHost'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const parameters = {
    realm: '',
    authorization_uri: `${authorityHost}/common/oauth2/authorize`,
    client_id: GRAPH_APP_ID,
    ...more,
  };
  const text = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `Bearer ${text.join(', ')}`;
}

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

/** What is told of a token that is refused, in place of the usual ids. [rule: token-error-shape] */
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
    // The service names a request that its client did not by its own id. [rule: client-request-id] [rule: own-request-id]
    'client-request-id': call.clientRequestId ?? call.requestId,
    'x-ms-ags-diagnostic': DIAGNOSTIC,
  };
}
