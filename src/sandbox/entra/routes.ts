import { readBody } from '../graph/read-body';
import type { Call } from '../http/delivery';
import { EntraRefusal, entraAnswer } from '../http/entra-answer';
import type { AnswerContext } from '../http/ids';
import type { PathValues, Route, RouteMatch } from '../http/route';
import { parseNestedJson } from '../nested-json';
import { originFor } from '../own-hosts';
import type { SandboxSettings } from '../settings';
import { type AccessTokens, TOKEN_ALGORITHM } from './access-token';
import { checkTokenRequest } from './token-request';

/** The part of the sandbox's state that Entra uses. */
interface EntraState extends AnswerContext {
  readonly tokens: AccessTokens;
}

/** More than any token request needs, even with a signed assertion. */
const MAX_FORM_BYTES = 64 * 1024;

/** A request to Entra. */
export interface EntraAsked {
  readonly request: Request;
  readonly values: PathValues;
  readonly state: EntraState;
  readonly call: Call;
}

/** What the sandbox implements of Entra. */
export const ENTRA_ROUTES: readonly Route<EntraAsked>[] = [
  {
    method: 'POST',
    path: '/{tenant}/oauth2/v2.0/token',
    fault: 'token',
    isAction: true,
    async handle({ request, values, state: { settings, tokens }, call }) {
      const form = await readForm(request);
      const resource = checkTokenRequest(values.tenant, form, settings);
      const answer = {
        token_type: 'Bearer',
        expires_in: settings.tokenLifetime,
        // [rule: token-answer]
        ext_expires_in: settings.tokenLifetime,
        access_token: tokens.issue(resource, readClaims(form)),
      };
      return entraAnswer(200, answer, call);
    },
  },
  {
    method: 'GET',
    path: '/{tenant}/v2.0/.well-known/openid-configuration',
    handle: ({ request, values, state, call }) =>
      entraAnswer(200, openIdConfiguration(request, values.tenant, state.settings), call),
  },
  {
    method: 'GET',
    path: '/{tenant}/discovery/v2.0/keys',
    handle: ({ state: { tokens }, call }) => entraAnswer(200, { keys: [tokens.publicKey] }, call),
  },
  {
    method: 'GET',
    path: '/common/discovery/instance',
    handle: ({ request, state, call }) => entraAnswer(200, instanceDiscovery(request, state.settings), call),
  },
];

/** Entra's answer to any request for one of these paths. @throws EntraRefusal */
export async function serveEntra(
  { routes }: RouteMatch<Route<EntraAsked>>,
  asked: EntraAsked,
): Promise<Response> {
  const route = routes.find(({ method }) => method === asked.request.method);
  if (route !== undefined) return route.handle(asked);
  throw new EntraRefusal(
    'entra-method',
    405,
    'invalid_request',
    900561,
    `The endpoint only accepts ${routes[0]?.method} requests.`,
  );
}

/** The claims that a claims challenge made the client ask for. */
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

/** Any other content type has no parameters, and the refusal then says so. */
async function readForm(request: Request): Promise<URLSearchParams> {
  const isForm = /^application\/x-www-form-urlencoded *(?:;|$)/i.test(
    request.headers.get('content-type') ?? '',
  );
  const body = isForm ? await readBody(request, MAX_FORM_BYTES) : undefined;
  return new URLSearchParams(body?.toString() ?? '');
}

/**
 * The tenant's endpoints, for clients that do not know this authority. Served for any tenant: clients of the public
 * cloud never ask for it, and the token endpoint tells them about a wrong tenant. Clients would hide a refusal here
 * behind an error of their own.
 */
function openIdConfiguration(request: Request, tenant: string, settings: SandboxSettings): object {
  const authority = `${httpsOf(originFor(request, settings.authorityHost, settings))}/${encodeURIComponent(tenant)}`;
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: [TOKEN_ALGORITHM],
    msgraph_host: new URL(settings.graphEndpoint).host,
  };
}

/** The answer to "is this host an authority?", which clients ask about a host that they do not know. */
function instanceDiscovery(request: Request, settings: SandboxSettings): object {
  const authority = httpsOf(originFor(request, settings.authorityHost, settings));
  const { host } = new URL(authority);
  return {
    tenant_discovery_endpoint: `${authority}/${tenantAskedFor(request) ?? settings.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

function tenantAskedFor(request: Request): string | undefined {
  const endpoint = new URL(request.url).searchParams.get('authorization_endpoint') ?? '';
  return /^https?:\/\/[^/]+\/([^/]+)\//.exec(endpoint)?.[1];
}

/**
 * Always https, even if the sandbox listens without TLS: Microsoft's clients accept no other authority, so they are
 * told https, and whatever carries their requests here turns it into http.
 */
function httpsOf(authorityHost: string): string {
  return authorityHost.replace(/^http:/, 'https:');
}
