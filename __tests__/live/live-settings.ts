import { resolveOptions } from '../../src/resolve-options';
import type { LiveServiceOptions } from './live-service';

/** What is to be checked: the sandbox, a tenant, or nothing, and then why. */
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

/** Reads the variables; endpoints and cloud are those of the transport. */
export function readLiveSettings(env: NodeJS.ProcessEnv): LiveSettings {
  if (env.LIVE_TARGET === 'sandbox') return { target: 'sandbox' };
  const missing = VARIABLES.filter((name) => !env[name]);
  if (missing.length > 0) return { target: 'none', why: `${missing.join(', ')} not set` };
  const { identity, graphEndpoint, userId } = resolveOptions({}, env);
  if (identity.kind !== 'secret' || typeof userId !== 'string') {
    return { target: 'none', why: 'the checks need a client secret and one mailbox' };
  }
  const { tenantId, clientId, clientSecret, authorityHost } = identity;
  return {
    target: 'tenant',
    service: {
      ...{ tenantId, clientId, clientSecret, authorityHost, graphEndpoint, userId },
      to: env.LIVE_TO ?? '',
      alias: env.LIVE_ALIAS || undefined,
      foreignFrom: env.LIVE_FOREIGN_FROM || undefined,
    },
  };
}
