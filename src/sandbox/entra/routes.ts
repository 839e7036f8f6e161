import type { Call } from '../http/delivery';
import { EntraRefusal, entraAnswer } from '../http/entra-answer';
import type { AnswerContext } from '../http/ids';
import { readBody } from '../graph/read-body';
import { parseNestedJson } from '../nested-json';
import type { EntraRoute } from '../routes';
import type { AccessTokens } from './access-token';
import { instanceDiscovery, openIdConfiguration } from './openid-documents';
import { checkTokenRequest } from './token-request';

/** The part of the sandbox's state that Entra uses. */
interface EntraState extends AnswerContext {
  readonly tokens: AccessTokens;
}

/** More than any form for a token needs, a signed assertion in it included. */
const MOST_FORM_BYTES = 64 * 1024;

/** Entra's answer to a request for a token or for one of the documents that lead to it. @throws EntraRefusal */
export async function serveEntra(
  request: Request,
  route: EntraRoute,
  state: EntraState,
  call: Call,
): Promise<Response> {
  return entraAnswer(200, await respond(request, route, state), call);
}

async function respond(
  request: Request,
  route: EntraRoute,
  { settings, tokens }: EntraState,
): Promise<object> {
  checkMethod(request, route.to === 'token' ? 'POST' : 'GET');
  switch (route.to) {
    case 'token': {
      const form = await readForm(request);
      const resource = checkTokenRequest(route.tenant, form, settings);
      return {
        token_type: 'Bearer',
        expires_in: settings.tokenLifetime,
        // [rule: token-answer]
        ext_expires_in: settings.tokenLifetime,
        access_token: tokens.issue(resource, readClaims(form)),
      };
    }
    case 'openid-configuration':
      return openIdConfiguration(request, route.tenant, settings);
    case 'instance-discovery':
      return instanceDiscovery(request, settings);
  }
}

function checkMethod(request: Request, method: string): void {
  if (request.method === method) return;
  throw new EntraRefusal(
    'entra-method',
    405,
    'invalid_request',
    900561,
    `The endpoint only accepts ${method} requests.`,
  );
}

/** What a claims challenge made the client ask for. */
function readClaims(form: URLSearchParams): unknown {
  const claims = form.get('claims');
  if (claims === null) return undefined;
  try {
    return parseNestedJson(claims);
  } catch {
    throw new EntraRefusal(
      'entra-claims-json',
      400,
      'invalid_request',
      90023,
      "The parameter 'claims' is not JSON, or is nested too deeply.",
    );
  }
}

/** Anything but a form has none of its parameters, which is what the refusal then says. */
async function readForm(request: Request): Promise<URLSearchParams> {
  const isForm = /^application\/x-www-form-urlencoded *(?:;|$)/i.test(
    request.headers.get('content-type') ?? '',
  );
  const body = isForm ? await readBody(request, MOST_FORM_BYTES) : undefined;
  return new URLSearchParams(body?.toString() ?? '');
}
