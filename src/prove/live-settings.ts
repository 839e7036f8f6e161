import type { Dispatcher } from 'undici';
import { GraphTransportError } from '../errors/graph-transport-error';
import { createDispatcher } from '../network/dispatcher';
import type { GraphTransportOptions } from '../options/options';
import { resolveOptions } from '../options/resolve-options';
import type { ResolvedOptions } from '../options/resolved-options';
import type { LiveServiceOptions } from './live-service';

/** What to check: the sandbox, a tenant, or nothing, with the reason. */
export type LiveSettings =
  | { target: 'sandbox' }
  | { target: 'tenant'; service: LiveServiceOptions }
  | { target: 'none'; why: string };

const VARIABLES = [
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'GRAPH_USER_ID',
  'LIVE_TO',
] as const;

/** Reads the variables. Endpoints and cloud are set as for the transport. */
export function readLiveSettings(env: NodeJS.ProcessEnv): LiveSettings {
  if (env.LIVE_TARGET === 'sandbox') return { target: 'sandbox' };
  const missing = VARIABLES.filter((name) => !env[name]);
  if (missing.length > 0) return { target: 'none', why: `${missing.join(', ')} not set` };
  const addresses = {
    to: env.LIVE_TO ?? '',
    alias: env.LIVE_ALIAS || undefined,
    foreignFrom: env.LIVE_FOREIGN_FROM || undefined,
  };
  return { target: 'tenant', service: toService(resolveOptions({}, env), addresses) };
}

type Addresses = Pick<LiveServiceOptions, 'to' | 'alias' | 'foreignFrom'>;

/**
 * The service that the transport's options lead to, with connections of its own that the caller closes.
 *
 * @throws GraphTransportError `ECONFIG`
 */
export function connectionTo(
  options: GraphTransportOptions,
  addresses: Addresses,
  env: NodeJS.ProcessEnv,
): LiveServiceOptions & { dispatcher: Dispatcher } {
  const resolved = resolveOptions(options, env);
  const { proxy, tls, insecureSandbox } = resolved;
  return {
    ...toService(resolved, addresses),
    dispatcher: createDispatcher({ proxy, tls, insecureSandbox }, env),
  };
}

function toService(
  { identity, graphEndpoint, userId }: ResolvedOptions,
  addresses: Addresses,
): LiveServiceOptions {
  if (identity.kind !== 'secret' || typeof userId !== 'string') {
    throw new GraphTransportError('ECONFIG', 'The checks need a client secret and one mailbox.');
  }
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  return { tenantId, clientId, clientSecret, authorityHost, graphEndpoint, userId, ...addresses };
}
