import { unknownOption } from './given-options';
import type { GraphTransportOptions } from './options';

const OPTION_NAMES = [
  'tenantId',
  'clientId',
  'clientSecret',
  'clientSecretFile',
  'userId',
  'authorityHost',
  'graphEndpoint',
  'insecureSandbox',
  'credential',
  'from',
  'replyTo',
  'saveToSentItems',
  'format',
  'lossy',
  'delivery',
  'searchLag',
  'maxMessageSize',
  'maxConnections',
  'maxTotalConnections',
  'rateLimit',
  'rateDelta',
  'maxQueue',
  'retry',
  'connectionTimeout',
  'socketTimeout',
  'timeout',
  'dispatcher',
  'tuneV8',
  'logger',
  'debug',
  'component',
  'cloud',
  'trace',
  'proxy',
  'tls',
] as const satisfies readonly (keyof GraphTransportOptions)[];

/** Settings of Nodemailer's SMTP transport that mean nothing to Graph. */
export const SMTP_NAMES: readonly string[] = [
  'host',
  'port',
  'service',
  'secure',
  'requireTLS',
  'ignoreTLS',
  'opportunisticTLS',
  'auth',
  'authMethod',
  'customAuth',
  'pool',
  'maxMessages',
  'greetingTimeout',
  'dnsTimeout',
  'transactionLog',
  'name',
  'localAddress',
  'socket',
  'connection',
  'getSocket',
  'lmtp',
  'dkim',
];

/** Names that other tools use for the same thing: GitLab's settings, MSAL, Entra's own pages. */
const NEAR_NAMES: Readonly<Record<string, string>> = {
  tenant: 'tenantId',
  tenantID: 'tenantId',
  tenant_id: 'tenantId',
  clientID: 'clientId',
  client_id: 'clientId',
  appId: 'clientId',
  client_secret: 'clientSecret',
  secret: 'clientSecret',
  user: 'userId',
  userID: 'userId',
  user_id: 'userId',
  userPrincipalName: 'userId',
  mailbox: 'userId',
  authority: 'authorityHost',
  azureAdEndpoint: 'authorityHost',
  azure_ad_endpoint: 'authorityHost',
  graph_endpoint: 'graphEndpoint',
  baseUrl: 'graphEndpoint',
  reply_to: 'replyTo',
};

/** What is wrong with the names of options. A value of undefined counts as not given. */
export function unknownNames(options: GraphTransportOptions): string[] {
  const known: readonly string[] = OPTION_NAMES;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const unknown = given.map(([name]) => name).filter((name) => !known.includes(name));
  const smtp = unknown.filter((name) => SMTP_NAMES.includes(name));
  const problems = unknown
    .filter((name) => !smtp.includes(name))
    .map((name) =>
      Object.hasOwn(NEAR_NAMES, name)
        ? `${name} is called ${NEAR_NAMES[name]} here`
        : unknownOption(name, known),
    );
  if (smtp.length > 0) {
    problems.unshift(
      `these are SMTP settings: ${smtp.join(', ')}; Graph needs tenantId, clientId, clientSecret and userId instead`,
    );
  }
  return problems;
}
