import type { StartSandboxOptions } from '../../sandbox';
import type { FlagTable } from './flag';

export const DEFAULT_SANDBOX_PORT = 4250;

export const SANDBOX_FLAGS = {
  mailbox: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    sets: 'mailboxes',
    help: "a mailbox of the tenant, instead of the default ones; may be repeated. The first one sends (GRAPH_USER_ID), and its domain becomes the tenant's",
  },
  'tenant-id': {
    type: 'string',
    value: 'TENANT',
    sets: 'tenantId',
    help: "the tenant's GUID or domain, to match the settings of your app",
  },
  'client-id': { type: 'string', value: 'ID', sets: 'clientId', help: "the app's client ID, likewise" },
  'client-secret': {
    type: 'string',
    value: 'TEXT',
    sets: 'clientSecret',
    help: "the app's secret, likewise: never a real one, since others on this machine can see it",
  },
  write: {
    type: 'string',
    value: 'FILE',
    help: 'set the variables in this file, and keep everything else in it',
  },
  port: {
    type: 'string',
    value: 'N',
    sets: 'port',
    help: `the port to listen on; 0 for any free port (default ${DEFAULT_SANDBOX_PORT}; with a COMMAND, another one if that is taken)`,
  },
  host: {
    type: 'string',
    value: 'HOST',
    sets: 'host',
    help: 'listen on this address instead of 127.0.0.1, such as 0.0.0.0 in a container. Not safe on a network: anyone who can reach the sandbox can read its mail. Needs --allowed-host',
  },
  'allowed-host': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    sets: 'allowedHosts',
    help: 'a name that clients use for it, without its port, such as its service in a compose file; may be repeated. The first one is in the variables. Requests to any other name are refused',
  },
  webhook: {
    type: 'string',
    value: 'URL',
    sets: 'webhook',
    help: 'post each message to this URL as JSON; it has to be on this machine, unless --allow-remote-webhook is given',
  },
  'allow-remote-webhook': {
    type: 'boolean',
    sets: 'allowRemoteWebhook',
    help: 'let the webhook be on another machine, which then gets every message',
  },
  strict: {
    type: 'boolean',
    help: 'the narrow reading of limits that are not documented exactly (default)',
  },
  lenient: {
    type: 'boolean',
    sets: 'limits',
    help: 'the wide reading: 1 MB is 2^20 bytes; what users have measured, which is a posted attachment of 3,145,611 bytes and an upload session from 2 MB; and any number of requests at once',
  },
  store: {
    type: 'string',
    value: 'DIR',
    sets: 'store',
    help: 'also keep messages in this folder, as .eml and as JSON, and load those that are already there',
  },
  json: { type: 'boolean', help: 'print the variables as JSON' },
  help: { type: 'boolean' },
} as const satisfies FlagTable<keyof StartSandboxOptions>;

export const DEMO_FLAGS = {
  port: {
    type: 'string',
    value: 'N',
    sets: 'port',
    help: 'the port that the sandbox listens on, on 127.0.0.1 only (default: any free port)',
  },
  help: { type: 'boolean' },
} as const satisfies FlagTable<keyof StartSandboxOptions>;
