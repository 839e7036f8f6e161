import { readFileSync } from 'node:fs';
import { GraphTransportError, type GraphTransportOptions } from '../index';
import { CLOUD_NAMES } from '../options/clouds';
import { type EnvFile, readEnvFile } from './env-file';
import { CliError, EXIT } from './exit-code';
import { readableFile } from './flag-values';
import { type FlagTable, helpOf } from './flags';
import type { CliIo } from './io';

/** The transport's text options, each with its flag and its environment variable. */
const SETTING_FLAGS = {
  'tenant-id': {
    type: 'string',
    value: 'TENANT',
    flag: 'tenant-id',
    option: 'tenantId',
    variable: 'AZURE_TENANT_ID',
  },
  'client-id': {
    type: 'string',
    value: 'ID',
    flag: 'client-id',
    option: 'clientId',
    variable: 'AZURE_CLIENT_ID',
  },
  'client-secret': {
    type: 'string',
    value: 'SECRET',
    flag: 'client-secret',
    option: 'clientSecret',
    variable: 'AZURE_CLIENT_SECRET',
  },
  'user-id': {
    type: 'string',
    value: 'MAILBOX',
    flag: 'user-id',
    option: 'userId',
    variable: 'GRAPH_USER_ID',
  },
  'authority-host': {
    type: 'string',
    value: 'URL',
    flag: 'authority-host',
    option: 'authorityHost',
    variable: 'AZURE_AUTHORITY_HOST',
  },
  'graph-endpoint': {
    type: 'string',
    value: 'URL',
    flag: 'graph-endpoint',
    option: 'graphEndpoint',
    variable: 'GRAPH_ENDPOINT',
  },
} as const;

const SETTINGS = Object.values(SETTING_FLAGS);

/** The options that have no default. */
const REQUIRED = ['tenantId', 'clientId', 'clientSecret', 'userId'] as const;

/** The flags for credentials and connection. */
export const CONNECTION_FLAGS = {
  ...SETTING_FLAGS,
  cloud: { type: 'string', value: 'NAME', help: `${CLOUD_NAMES.join(', ')} (default: GRAPH_CLOUD)` },
  'insecure-sandbox': {
    type: 'boolean',
    help: 'plain http to a sandbox on another machine, never to anything\nof Microsoft (default: GRAPH_INSECURE_SANDBOX)',
  },
  proxy: {
    type: 'string',
    value: 'URL',
    help: '(default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY)',
  },
  ca: {
    type: 'string',
    value: 'FILE',
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
  debug: { type: 'boolean', help: 'log each request to stderr, without secrets or bodies' },
  json: { type: 'boolean', help: 'print the result to stdout as JSON' },
  help: { type: 'boolean' },
} as const satisfies FlagTable;

type ConnectionValues = {
  [flag in keyof typeof SETTING_FLAGS | 'cloud' | 'proxy' | 'ca' | 'config' | 'env-file']?:
    | string
    | undefined;
} & { 'insecure-sandbox'?: boolean | undefined };

/** The flags as shown in a command's help. */
export const CONNECTION_HELP = `Credentials and connection:
${helpOf(CONNECTION_FLAGS)}`;

/**
 * The transport's options: from the flags, or else from the environment, or else from the variables file.
 *
 * @throws CliError if the file cannot be read or must not be trusted
 * @throws GraphTransportError `ECONFIG` if a required setting is missing from all of them
 */
export function connectionOptions(values: ConnectionValues, io: CliIo): GraphTransportOptions {
  const { env, cwd, stderr } = io;
  warnOfSecrets(values, stderr);
  const file = readEnvFile(values.config ?? values['env-file'], cwd);
  checkOrigins(values, env, file);
  const options: GraphTransportOptions = {};
  for (const { flag, option, variable } of SETTINGS) {
    const value = values[flag] || env[variable] || file.variables[variable];
    if (value) options[option] = value;
  }
  requireSettings(options, file);
  const { cloud, proxy, ca } = values;
  return {
    ...options,
    cloud: toCloud(cloud || env.GRAPH_CLOUD || file.variables.GRAPH_CLOUD),
    ...insecureSandbox(values, env, file),
    proxy,
    tls: ca === undefined ? undefined : { ca: readFileSync(readableFile(ca, io)) },
  };
}

function insecureSandbox(
  values: ConnectionValues,
  env: CliIo['env'],
  { variables }: EnvFile,
): Pick<GraphTransportOptions, 'insecureSandbox'> {
  if (values['insecure-sandbox']) return { insecureSandbox: true };
  const value = env.GRAPH_INSECURE_SANDBOX || variables.GRAPH_INSECURE_SANDBOX;
  if (!value) return {};
  if (value === 'true' || value === 'false') return { insecureSandbox: value === 'true' };
  throw new CliError(EXIT.config, 'GRAPH_INSECURE_SANDBOX must be true or false.');
}

function requireSettings(options: GraphTransportOptions, { name }: EnvFile): void {
  const missing = SETTINGS.filter(({ option }) =>
    REQUIRED.some((required) => required === option && !options[option]),
  );
  if (missing.length === 0) return;
  const told = missing.map(({ option, flag, variable }) => `${option} is missing (--${flag} or ${variable})`);
  throw new GraphTransportError('ECONFIG', `Nothing can be sent: ${told.join('; ')}.`, {
    hint:
      'There are three ways to set what is missing: by flag, as an environment variable, or in a file of ' +
      `variables (${name} is read if it exists; use --config FILE for another).`,
  });
}

function warnOfSecrets(values: ConnectionValues, stderr: CliIo['stderr']): void {
  const warn = (what: string, instead: string) =>
    stderr.write(
      `warning: ${what} on the command line can be seen by others on this machine: set ${instead} instead.\n`,
    );
  if (values['client-secret'] !== undefined) warn('a client secret', 'AZURE_CLIENT_SECRET');
  if (values.proxy?.includes('@')) warn('the password of a proxy', 'HTTPS_PROXY');
}

function toCloud(name: string | undefined): GraphTransportOptions['cloud'] {
  if (!name) return undefined;
  const cloud = CLOUD_NAMES.find((known) => known === name);
  if (cloud === undefined) {
    throw new CliError(EXIT.config, `There is no cloud "${name}": there are ${CLOUD_NAMES.join(', ')}.`);
  }
  return cloud;
}

/**
 * A `.env` that just happens to be in the current folder, which may be someone else's, must not send a secret
 * from elsewhere to a host of its choice.
 */
function checkOrigins(
  values: ConnectionValues,
  env: CliIo['env'],
  { name, isNamed, variables }: EnvFile,
): void {
  const isElsewhere = values['client-secret'] || env.AZURE_CLIENT_SECRET;
  if (isNamed || !isElsewhere) return;
  const origins = SETTINGS.filter(({ flag }) => flag === 'authority-host' || flag === 'graph-endpoint');
  const insecure = { flag: 'insecure-sandbox', variable: 'GRAPH_INSECURE_SANDBOX' } as const;
  for (const { flag, variable } of [...origins, insecure]) {
    if (!variables[variable] || values[flag] || env[variable]) continue;
    throw new CliError(
      EXIT.config,
      `${name} sets ${variable}, but the client secret is not from there. If you trust that file, pass --config ${name}.`,
    );
  }
}
