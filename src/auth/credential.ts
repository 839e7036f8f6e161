import type { Dispatcher } from 'undici';
import { GraphTransportError } from '../errors/graph-transport-error';
import { entraCode } from '../errors/service-codes';
import { CLOUDS } from '../options/clouds';
import type { Identity, TokenCredential } from '../options/options';
import { createAzureHttpClient, type Exchange, secureOrigin } from './azure-http-client';
import { SecretSource } from './secret-source';
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

/** What must not be passed on of what Entra says. */
export interface KnownSecrets {
  /** Remembers a client secret before it is used. */
  addSecret(secret: string): void;
  /** Strikes secrets out of a text. */
  strike(text: string): string;
}

const NO_SECRETS: KnownSecrets = { addSecret: () => undefined, strike: (text) => text };

/**
 * The credential of the options: the one given, else one for the client secret, over our dispatcher.
 *
 * @param timeoutMs the longest that Entra may take to answer
 */
export function createCredential(
  identity: Identity,
  dispatcher: Dispatcher,
  timeoutMs: number,
  known: KnownSecrets = NO_SECRETS,
): Credential {
  if (identity.kind === 'credential') {
    const { credential } = identity;
    return { getToken: (...request) => credential.getToken(...request), forget() {} };
  }
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  const secrets = new SecretSource(clientSecret, timeoutMs, (secret) => known.addSecret(secret));
  /** One that is forgotten may still be asked: what its last exchange was is not another's. */
  let current: { credential: TokenCredential; secret: string; last: Exchange | undefined } | undefined;
  return {
    forget() {
      current = undefined;
    },
    async getToken(...request) {
      const secret = await secrets.get();
      try {
        return await ask(secret, request);
      } catch (error) {
        if (!isSecretRefused(error)) throw error;
        const next = await secrets.renew(secret);
        if (next === undefined || next === secret) throw error;
        return ask(next, request);
      }
    },
  };

  async function ask(secret: string, request: Parameters<TokenCredential['getToken']>) {
    // Loading Azure's library takes longer than the rest of this package: only who sends pays for it.
    const azure: typeof import('@azure/identity') = require('@azure/identity');
    if (current?.secret !== secret) current = createSecretCredential(azure, secret);
    const asked = current;
    asked.last = undefined;
    try {
      return await asked.credential.getToken(...request);
    } catch (error) {
      // Microsoft's library answers from memory for a minute what Entra refused because it was busy: asking
      // again would not reach Entra at all. When to ask again is decided where all requests are retried.
      if (current === asked) current = undefined;
      throw toTokenError(error, authorityHost, asked.last, known.strike);
    }
  }

  function createSecretCredential(azure: typeof import('@azure/identity'), secret: string) {
    const created: NonNullable<typeof current> = {
      secret,
      last: undefined,
      credential: new azure.ClientSecretCredential(tenantId, clientId, secret, {
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

/** Whether Entra says that the secret is wrong or has expired, so that another one may do. */
function isSecretRefused(error: unknown): boolean {
  const [, number] =
    /^AADSTS(\d+)$/.exec((error instanceof GraphTransportError && error.graphCode) || '') ?? [];
  return entraCode(Number(number))?.about === 'secret';
}
