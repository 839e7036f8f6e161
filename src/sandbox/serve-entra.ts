import type { Call } from './call';
import { EntraRefusal } from './entra-refusal';
import { instanceDiscovery, openIdConfiguration } from './openid-documents';
import { readBody } from './read-body';
import type { EntraRoute } from './routes';
import type { SandboxState } from './sandbox-state';
import type { SandboxSettings } from './settings';
import { checkTokenRequest } from './token-request';

/** More than any form for a token needs, a signed assertion in it included. */
const MOST_FORM_BYTES = 64 * 1024;

/** Entra's answer to a request for a token or for one of the documents that lead to it. */
export async function serveEntra(
  request: Request,
  route: EntraRoute,
  state: SandboxState,
  call: Call,
): Promise<Response> {
  try {
    return answer(200, await respond(request, route, state), call);
  } catch (error) {
    if (error instanceof EntraRefusal)
      return answer(error.status, errorBody(error, state.settings, call), call);
    throw error;
  }
}

async function respond(
  request: Request,
  route: EntraRoute,
  { settings, tokens }: SandboxState,
): Promise<object> {
  checkMethod(request, route.to === 'token' ? 'POST' : 'GET');
  switch (route.to) {
    case 'token': {
      const resource = checkTokenRequest(route.tenant, await readForm(request), settings);
      return {
        token_type: 'Bearer',
        expires_in: settings.tokenLifetime,
        access_token: tokens.issue(resource),
      };
    }
    case 'openid-configuration':
      return openIdConfiguration(route.tenant, settings);
    case 'instance-discovery':
      return instanceDiscovery(request, settings);
  }
}

function checkMethod(request: Request, method: string): void {
  if (request.method === method) return;
  throw new EntraRefusal(405, 'invalid_request', 900561, `The endpoint only accepts ${method} requests.`);
}

/** Anything but a form has none of its parameters, which is what the refusal then says. */
async function readForm(request: Request): Promise<URLSearchParams> {
  const isForm = /^application\/x-www-form-urlencoded *(?:;|$)/i.test(
    request.headers.get('content-type') ?? '',
  );
  const body = isForm ? await readBody(request, MOST_FORM_BYTES) : undefined;
  return new URLSearchParams(body?.toString() ?? '');
}

function errorBody({ error, aadsts, message }: EntraRefusal, settings: SandboxSettings, call: Call): object {
  const { authorityHost, clientSecret } = settings;
  const correlationId = call.clientRequestId ?? call.requestId;
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

function answer(status: number, body: object, call: Call): Response {
  return Response.json(body, {
    status,
    headers: {
      date: call.receivedAt.toUTCString(),
      'cache-control': 'no-store',
      'x-ms-request-id': call.requestId,
      ...(call.clientRequestId !== undefined && { 'client-request-id': call.clientRequestId }),
    },
  });
}
