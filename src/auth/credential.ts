import type { Dispatcher } from 'undici';
import { type Clock, systemClock } from '../clock';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { Secrets } from '../errors/secrets';
import { entraCode } from '../errors/service-codes/entra-codes';
import { CLOUDS } from '../options/clouds';
import type { TokenCredential } from '../options/options';
import type { Identity } from '../options/resolved-options';
import { createAzureHttpClient, type Exchange, secureOrigin } from './azure-http-client';
import { SecretSource } from './secret-source';
import { toTokenError } from './token-error';

/**
 * Microsoft's library knows the clouds' authorities. For any other it would first look up instance metadata at
 * one of these.
 */
const KNOWN_AUTHORITIES: ReadonlySet<string> = new Set(
  Object.values(CLOUDS).flatMap(({ authorityHosts }) => authorityHosts),
);

/** A credential whose cache can be bypassed. */
export interface Credential {
  getToken: TokenCredential['getToken'];
  /** Makes the next token a new one. The cache of a caller's own credential cannot be bypassed. */
  forget(): void;
}

/** Keeps secrets out of what Entra says. */
type KnownSecrets = Pick<Secrets, 'addSecret' | 'strike'>;

const NO_SECRETS: KnownSecrets = { addSecret: () => undefined, strike: (text) => text };

/**
 * The credential for these options: the caller's own, or one for the client secret that uses our dispatcher.
 *
 * @param timeoutMs the longest that Entra may take to answer
 */
export function createCredential(
  identity: Identity,
  dispatcher: Dispatcher,
  timeoutMs: number,
  known: KnownSecrets = NO_SECRETS,
  clock: Clock = systemClock,
): Credential {
  if (identity.kind === 'credential') {
    const { credential } = identity;
    return { getToken: (...request) => credential.getToken(...request), forget() {} };
  }
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  const secrets = new SecretSource(clientSecret, timeoutMs, (secret) => known.addSecret(secret), clock);
  /** A credential that was dropped may still be in use, so each keeps its own last exchange. */
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
    // Loading Azure's library takes longer than loading the rest of this package, so it waits until a message
    // is sent.
    const { loadAzureIdentity }: typeof import('./azure-identity') = require('./azure-identity');
    const azure = loadAzureIdentity();
    if (current?.secret !== secret) current = createSecretCredential(azure, secret);
    const asked = current;
    asked.last = undefined;
    try {
      return await asked.credential.getToken(...request);
    } catch (error) {
      // For a minute, Microsoft's library repeats from memory the answer of an Entra that was busy, so asking
      // again would not reach Entra at all. Our own retry code decides when to ask again.
      if (current === asked) current = undefined;
      const { last } = asked;
      throw toTokenError(error, authorityHost, { last, strike: (text) => known.strike(text), clock });
    }
  }

  function createSecretCredential(azure: typeof import('@azure/identity'), secret: string) {
    const created: NonNullable<typeof current> = {
      secret,
      last: undefined,
      credential: new azure.ClientSecretCredential(tenantId, clientId, secret, {
        authorityHost: secureOrigin(authorityHost),
        disableInstanceDiscovery: !KNOWN_AUTHORITIES.has(authorityHost),
        httpClient: createAzureHttpClient(dispatcher, authorityHost, {
          timeoutMs,
          clock,
          onExchange(exchange) {
            created.last = exchange;
          },
        }),
        // Token requests are retried together with the requests to Graph, by the same rules.
        retryOptions: { maxRetries: 0 },
      }),
    };
    return created;
  }
}

/** Whether Entra says that the secret is wrong or has expired, so that a different one may work. */
function isSecretRefused(error: unknown): boolean {
  return error instanceof GraphTransportError && entraCode(error.graphCode ?? '')?.about === 'secret';
}
