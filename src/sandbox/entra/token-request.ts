import { EntraRefusal } from '../http/entra-answer';
import { isSameSecret } from '../http/ids';
import { isNationalCloud, isOwnOrigin } from '../own-hosts';
import type { SandboxRuleName } from '../rules/index';
import type { SandboxSettings } from '../settings';
import { explainClient, explainExpiry, explainSecret, explainTenant, tenantDomains } from '../tenant/explain';

/** Names for the users of any tenant. An app without a user has to name its own tenant. */
const SHARED_ENDPOINTS = ['common', 'consumers', 'organizations'];

/**
 * In every tenant here, as in real ones, because apps that used SMTP or IMAP with OAuth ask for it: they get a token,
 * and Graph refuses its audience.
 */
const OUTLOOK = 'https://outlook.office365.com';

/** Graph's public name, accepted so that clients need no other scope for the sandbox. [rule: entra-public-scope] */
const PUBLIC_GRAPH = 'https://graph.microsoft.com';

/** The resource that a client-credentials request gets a token for. @throws EntraRefusal */
export function checkTokenRequest(tenant: string, form: URLSearchParams, settings: SandboxSettings): string {
  const { clientId, clientSecret, secretState, graphEndpoint } = settings;
  checkTenant(tenant, settings);
  const grantType = required(form, 'grant_type');
  if (grantType !== 'client_credentials') {
    throw new EntraRefusal(
      'entra-grant-type',
      400,
      'unsupported_grant_type',
      70003,
      `The grant type '${grantType}' is not supported.`,
    );
  }
  const client = required(form, 'client_id');
  const resource = resourceOf(required(form, 'scope'), settings);
  if (client.toLowerCase() !== clientId.toLowerCase()) {
    throw new EntraRefusal(
      'entra-unknown-app',
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${client}' was not found in the directory '${tenant}'.${explainClient(settings)}`,
    );
  }
  const secret = form.get('client_secret');
  if (!secret)
    throw invalidClient(
      'entra-secret-missing',
      7000218,
      "The request body has no 'client_assertion' or 'client_secret'.",
    );
  if (!isSameSecret(secret, clientSecret)) {
    throw invalidClient(
      'entra-secret-wrong',
      7000215,
      `Invalid client secret provided for app '${client}'. It takes the secret's value, not its id.${explainSecret(settings)}`,
    );
  }
  if (secretState === 'expired') {
    throw invalidClient(
      'entra-secret-expired',
      7000222,
      `The client secret keys provided for app '${client}' are expired.${explainExpiry(settings)}`,
    );
  }
  if (resource !== graphEndpoint && resource !== OUTLOOK) {
    throw new EntraRefusal(
      'entra-resource',
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${resource} was not found in the tenant named ${tenant}.`,
    );
  }
  return resource;
}

/** An app asks for one resource, with everything it was granted there. */
function resourceOf(scope: string, { graphEndpoint, allowedHosts }: SandboxSettings): string {
  const resource = /^(\S+)\/\.default$/.exec(scope)?.[1];
  if (resource === undefined) {
    throw new EntraRefusal('entra-scope', 400, 'invalid_scope', 70011, `The scope ${scope} is not valid.`);
  }
  const isPublic = resource === PUBLIC_GRAPH && !isNationalCloud(graphEndpoint);
  // The sandbox is one Graph under each of its names.
  return isPublic || isOwnOrigin(resource, allowedHosts) ? graphEndpoint : resource;
}

function checkTenant(tenant: string, settings: SandboxSettings): void {
  const name = tenant.toLowerCase();
  if (SHARED_ENDPOINTS.includes(name)) {
    throw invalidRequest(
      'entra-shared-endpoint',
      9001023,
      `The grant type is not supported over the /${tenant} endpoint.`,
    );
  }
  if (name !== settings.tenantId.toLowerCase() && !tenantDomains(settings).includes(name)) {
    throw invalidRequest(
      'entra-unknown-tenant',
      90002,
      `Tenant '${tenant}' not found.${explainTenant(settings)}`,
    );
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value)
    throw invalidRequest(
      'entra-parameter-missing',
      900144,
      `The request body must contain the parameter '${name}'.`,
    );
  return value;
}

function invalidRequest(rule: SandboxRuleName, aadsts: number, message: string): EntraRefusal {
  return new EntraRefusal(rule, 400, 'invalid_request', aadsts, message);
}

function invalidClient(rule: SandboxRuleName, aadsts: number, message: string): EntraRefusal {
  return new EntraRefusal(rule, 401, 'invalid_client', aadsts, message);
}
