import { readFileSync } from 'node:fs';
import { GraphTransportError, type GraphTransportOptions } from '../index';
import { CLOUD_NAMES } from '../options/clouds';
import { type EnvFile, readEnvFile } from './env-file';
import { CliError, EXIT } from './exit-code';
import { readableFile } from './flag-values';
import { FLAGS } from './flags';
import type { CliIo } from './io';
import { helpOf, type ValuesOf } from './parse-flags';

/** The transport's text options, each with its flag and its environment variable. */
const SETTINGS = (
  ['tenant-id', 'client-id', 'client-secret', 'user-id', 'authority-host', 'graph-endpoint'] as const
).map((flag) => ({ flag, ...FLAGS.connection[flag] }));

/** The options that have no default. */
const REQUIRED = ['tenantId', 'clientId', 'clientSecret', 'userId'] as const;

type ConnectionValues = ValuesOf<typeof FLAGS.connection>;

/** The flags as shown in a command's help. */
export const CONNECTION_HELP = `Credentials and connection:
${helpOf(FLAGS.connection)}`;

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
  for (const { flag, sets, variable } of SETTINGS) {
    const value = values[flag] || env[variable] || file.variables[variable];
    if (value) options[sets] = value;
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
  const missing = SETTINGS.filter(({ sets }) =>
    REQUIRED.some((required) => required === sets && !options[sets]),
  );
  if (missing.length === 0) return;
  const told = missing.map(({ sets, flag, variable }) => `${sets} is missing (--${flag} or ${variable})`);
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
