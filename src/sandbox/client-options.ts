import type { SandboxClientOptions } from './create-sandbox';

/** The variables by which an app that sends through Graph is set up. */
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
  /** As `insecureSandbox`, where that is needed. */
  GRAPH_INSECURE_SANDBOX?: 'true';
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
