import type { Dispatcher } from 'undici';
import { CLOUDS } from '../clouds';
import type { Identity, TokenCredential } from '../options';
import { createAzureHttpClient, type Exchange, secureOrigin } from './http-client';
import { toTokenError } from './token-error';

/** Microsoft's library knows the authorities of the clouds by heart; for any other it would first ask one of these. */
const KNOWN_AUTHORITIES: ReadonlySet<string> = new Set(
  Object.values(CLOUDS).flatMap(({ authorityHosts }) => authorityHosts),
);

/** A credential whose cache can be passed over. */
export interface Credential {
  getToken: TokenCredential['getToken'];
  /** Makes the next token a new one. What a credential of the caller's caches is out of our reach. */
  forget(): void;
}

/**
 * The credential of the options: the one given, else one for the client secret, over our dispatcher.
 *
 * @param timeoutMs the longest that Entra may take to answer
 */
export function createCredential(identity: Identity, dispatcher: Dispatcher, timeoutMs: number): Credential {
  if (identity.kind === 'credential') {
    const { credential } = identity;
    return { getToken: (...request) => credential.getToken(...request), forget() {} };
  }
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  /** One that is forgotten may still be asked: what its last exchange was is not another's. */
  let current: { credential: TokenCredential; last: Exchange | undefined } | undefined;
  return {
    forget() {
      current = undefined;
    },
    async getToken(scopes, options) {
      // Loading Azure's library takes longer than the rest of this package: only who sends pays for it.
      const azure: typeof import('@azure/identity') = require('@azure/identity');
      current ??= createSecretCredential(azure);
      const asked = current;
      asked.last = undefined;
      try {
        return await asked.credential.getToken(scopes, options);
      } catch (error) {
        // Microsoft's library answers from memory for a minute what Entra refused because it was busy: asking
        // again would not reach Entra at all. When to ask again is decided where all requests are retried.
        if (current === asked) current = undefined;
        throw toTokenError(error, authorityHost, asked.last);
      }
    },
  };

  function createSecretCredential(azure: typeof import('@azure/identity')) {
    const created: NonNullable<typeof current> = {
      last: undefined,
      credential: new azure.ClientSecretCredential(tenantId, clientId, clientSecret, {
        authorityHost: secureOrigin(authorityHost),
        disableInstanceDiscovery: !KNOWN_AUTHORITIES.has(authorityHost),
        httpClient: createAzureHttpClient(dispatcher, authorityHost, timeoutMs, (exchange) => {
          created.last = exchange;
        }),
        // Requests for tokens are made again where those to Graph are, by the same rules.
        retryOptions: { maxRetries: 0 },
      }),
    };
    return created;
  }
}
