import { CLOUD_NAMES } from '../../options/clouds';
import type { FlagTable, TransportTarget } from './flag';

/** What every command that talks to a tenant takes. */
export const CONNECTION_FLAGS = {
  'tenant-id': {
    type: 'string',
    value: 'TENANT',
    sets: 'tenantId',
    variable: 'AZURE_TENANT_ID',
    help: "the tenant's GUID or domain",
  },
  'client-id': {
    type: 'string',
    value: 'ID',
    sets: 'clientId',
    variable: 'AZURE_CLIENT_ID',
    help: "the app's client ID",
  },
  'client-secret': {
    type: 'string',
    value: 'SECRET',
    sets: 'clientSecret',
    variable: 'AZURE_CLIENT_SECRET',
    help: "the app's secret; prefer the variable, since others on this machine can see the command line",
  },
  'user-id': {
    type: 'string',
    value: 'MAILBOX',
    sets: 'userId',
    variable: 'GRAPH_USER_ID',
    help: 'the mailbox that sends',
  },
  'authority-host': {
    type: 'string',
    value: 'URL',
    sets: 'authorityHost',
    variable: 'AZURE_AUTHORITY_HOST',
    help: 'the address of Entra',
  },
  'graph-endpoint': {
    type: 'string',
    value: 'URL',
    sets: 'graphEndpoint',
    variable: 'GRAPH_ENDPOINT',
    help: 'the address of Graph',
  },
  cloud: {
    type: 'string',
    value: 'NAME',
    sets: 'cloud',
    variable: 'GRAPH_CLOUD',
    help: CLOUD_NAMES.join(', '),
  },
  'insecure-sandbox': {
    type: 'boolean',
    sets: 'insecureSandbox',
    variable: 'GRAPH_INSECURE_SANDBOX',
    help: 'plain http to a sandbox on another machine, never to anything of Microsoft',
  },
  proxy: {
    type: 'string',
    value: 'URL',
    sets: 'proxy',
    help: 'the proxy for all requests (default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY)',
  },
  ca: {
    type: 'string',
    value: 'FILE',
    sets: 'tls.ca',
    help: 'certificates (PEM) to trust in addition to the ones that Node trusts',
  },
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: 'read variables that are not set from FILE (default ./.env, if it exists)',
  },
  // The old name of config. Node claims this flag itself, wherever it appears: it reads the file before we do,
  // exits with 9 if there is none, and obeys a NODE_OPTIONS in it.
  'env-file': {
    type: 'string',
    value: 'FILE',
    help: 'the old name of --config, which Node itself may intercept',
  },
  debug: { type: 'boolean', sets: 'debug', help: 'log each request to stderr, without secrets or bodies' },
  json: { type: 'boolean', help: 'print the result to stdout as JSON' },
  help: { type: 'boolean' },
} as const satisfies FlagTable<TransportTarget>;
