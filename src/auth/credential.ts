import type { TokenCredential } from '@azure/identity';
import type { Dispatcher } from 'undici';
import type { Identity } from '../options';
import { createAzureHttpClient, type Exchange, secureOrigin } from './http-client';
import { toTokenError } from './token-error';

/** Hosts whose authority Microsoft's library knows by heart; for any other it would first ask one of these. */
const PUBLIC_AUTHORITIES: ReadonlySet<string> = new Set([
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
  'https://login.chinacloudapi.cn',
  'https://login.partner.microsoftonline.cn',
]);

/** The credential of the options: the one given, else one for the client secret, over our dispatcher. */
export function createCredential(identity: Identity, dispatcher: Dispatcher): TokenCredential {
  if (identity.kind === 'credential') return identity.credential;
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  let last: Exchange | undefined;
  let credential: TokenCredential | undefined;
  return {
    async getToken(scopes, options) {
      // Loading Azure's library takes longer than the rest of this package: only who sends pays for it.
      const azure: typeof import('@azure/identity') = require('@azure/identity');
      credential ??= new azure.ClientSecretCredential(tenantId, clientId, clientSecret, {
        authorityHost: secureOrigin(authorityHost),
        disableInstanceDiscovery: !PUBLIC_AUTHORITIES.has(authorityHost),
        httpClient: createAzureHttpClient(dispatcher, authorityHost, (exchange) => {
          last = exchange;
        }),
        // Asking for a token twice does no harm, so Azure's own retries stand; they only start sooner.
        retryOptions: { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 5000 },
      });
      last = undefined;
      try {
        return await credential.getToken(scopes, options);
      } catch (error) {
        throw toTokenError(error, authorityHost, last);
      }
    },
  };
}
