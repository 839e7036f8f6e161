import { isLoopback, isOwnOrigin } from './own-hosts';
import type { SandboxSettings } from './settings';

/** What a client needs to send through a sandbox. */
export interface SandboxClientOptions {
  /** The GUID of the tenant. */
  tenantId: string;
  /** The client id of the one registered app. */
  clientId: string;
  /** The app's client secret. */
  clientSecret: string;
  /** The first mailbox. */
  userId: string;
  /** The origin of the sandbox's Entra. */
  authorityHost: string;
  /** The origin of the sandbox's Graph. */
  graphEndpoint: string;
  /** Only for a sandbox with `allowedHosts`: lets the client use plain http to another machine. */
  insecureSandbox?: true;
}

/** Environment variables for an app that sends through Graph. */
export interface SandboxEnv {
  /** As `tenantId`. */
  AZURE_TENANT_ID: string;
  /** As `clientId`. */
  AZURE_CLIENT_ID: string;
  /** As `clientSecret`. */
  AZURE_CLIENT_SECRET: string;
  /** As `userId`. */
  GRAPH_USER_ID: string;
  /** As `authorityHost`. */
  AZURE_AUTHORITY_HOST: string;
  /** As `graphEndpoint`. */
  GRAPH_ENDPOINT: string;
  /** As `insecureSandbox`, if that is set. */
  GRAPH_INSECURE_SANDBOX?: 'true';
}

export function clientOptions(settings: SandboxSettings): SandboxClientOptions {
  const { tenantId, clientId, clientSecret, mailboxes, authorityHost, graphEndpoint, allowedHosts } =
    settings;
  const userId = mailboxes[0]?.userPrincipalName ?? '';
  const options = { tenantId, clientId, clientSecret, userId, authorityHost, graphEndpoint };
  return isOwnOrigin(graphEndpoint, allowedHosts) && !isLoopback(new URL(graphEndpoint).hostname)
    ? { ...options, insecureSandbox: true }
    : options;
}

export function toClientEnv(options: SandboxClientOptions): SandboxEnv {
  return {
    AZURE_TENANT_ID: options.tenantId,
    AZURE_CLIENT_ID: options.clientId,
    AZURE_CLIENT_SECRET: options.clientSecret,
    GRAPH_USER_ID: options.userId,
    AZURE_AUTHORITY_HOST: options.authorityHost,
    GRAPH_ENDPOINT: options.graphEndpoint,
    ...(options.insecureSandbox && { GRAPH_INSECURE_SANDBOX: 'true' }),
  };
}
