import { readFileSync } from 'node:fs';
import { GraphTransportError, type GraphTransportOptions } from '../index';
import { CLOUD_NAMES } from '../options/clouds';
import { CliError } from './cli-error';
import { type EnvFile, readEnvFile } from './env-file';
import { EXIT } from './exit-code';
import { type FlagTable, helpOf } from './flags';
import type { CliIo } from './io';
import { readableFile } from './readable-file';

/** The options of the transport that are texts, each with its flag and its variable. */
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

/** Those that have no default. */
const REQUIRED = ['tenantId', 'clientId', 'clientSecret', 'userId'] as const;

/** The flags that tell who sends, and over what. */
export const CONNECTION_FLAGS = {
  ...SETTING_FLAGS,
  cloud: { type: 'string', value: 'NAME', help: `else GRAPH_CLOUD: ${CLOUD_NAMES.join(', ')}` },
  'insecure-sandbox': {
    type: 'boolean',
    help: 'else GRAPH_INSECURE_SANDBOX=true: plain http to a sandbox on another\nmachine, never to anything of Microsoft',
  },
  proxy: {
    type: 'string',
    value: 'URL',
    help: 'else HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment',
  },
  ca: {
    type: 'string',
    value: 'FILE',
    help: 'certificates (PEM) to trust in addition to those that Node trusts',
  },
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: 'the variables above that are not set; else ./.env, if it is there',
  },
  // The old name of config. Node takes it for its own, wherever it stands: it reads the file before we do, ends with 9
  // if there is none, and obeys NODE_OPTIONS in it.
  'env-file': {
    type: 'string',
    value: 'FILE',
    help: 'the old name of --config, which Node takes for its own',
  },
  debug: { type: 'boolean', help: 'log each request on stderr, without secrets and bodies' },
  json: { type: 'boolean', help: 'print the outcome as JSON on stdout' },
  help: { type: 'boolean' },
} as const satisfies FlagTable;

type ConnectionValues = {
  [flag in keyof typeof SETTING_FLAGS | 'cloud' | 'proxy' | 'ca' | 'config' | 'env-file']?:
    | string
    | undefined;
} & { 'insecure-sandbox'?: boolean | undefined };

/** How the flags read in a command's help. */
export const CONNECTION_HELP = `Who sends:
${helpOf(CONNECTION_FLAGS)}`;

/**
 * The transport's options: from the flags, else the environment, else the file of variables.
 *
 * @throws CliError when the file cannot be read, or must not be trusted
 * @throws GraphTransportError `ECONFIG` when a setting that every message needs is in none of them
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
      `variables (${name} was read if it is there; --config FILE names another).`,
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
 * A `.env` that merely lies where the command is run, in a folder of somebody else's perhaps, must not lead
 * a secret from elsewhere to a place of its choice.
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
      `${name} sets ${variable}, but the client secret is not from there. If it is meant to go to that place, say --config ${name}.`,
    );
  }
}
