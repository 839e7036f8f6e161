import { originFor } from '../own-hosts';
import type { SandboxSettings } from '../settings';
import { TOKEN_ALGORITHM } from './access-token';

/**
 * The tenant's endpoints, for clients that do not know this authority. Served for any tenant: clients of the public
 * cloud never ask for it, and the token endpoint tells them about a wrong tenant. Clients would hide a refusal here
 * behind an error of their own.
 */
export function openIdConfiguration(request: Request, tenant: string, settings: SandboxSettings): object {
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
export function instanceDiscovery(request: Request, settings: SandboxSettings): object {
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
