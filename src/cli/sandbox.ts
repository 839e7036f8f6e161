import { once } from 'node:events';
import { resolve } from 'node:path';
import type { SandboxEnv, StartSandboxOptions } from '../sandbox';
import { writeEnvFile } from './env-file';
import { EXIT, usageError } from './exit-code';
import type { CliIo, Command } from './io';
import { toLines } from './merge-env';
import { parseFlags, splitAtApp } from './parse-flags';
import { runApp } from './run-app';
import { sandboxHosts, sandboxTenant } from './sandbox-options';
import { isPortTaken, startOnPort, toPort } from './sandbox-port';

const DEFAULT_PORT = 4250;

/** The exit code of shells after Ctrl-C. */
const INTERRUPTED = 130;

const HELP = `Usage: nodemailer-graph-transport sandbox [FLAGS] [-- COMMAND [ARGUMENTS]]

Runs a simulated Entra and Graph on this machine until interrupted, and shows on a web page what it receives.

With a COMMAND, starts it with variables that point to the sandbox, and exits when it does, with its exit code:
  nodemailer-graph-transport sandbox -- node app.js
Without a COMMAND, prints these variables, or writes them to a file:
  nodemailer-graph-transport sandbox --write .env.local
  node --env-file=.env.local app.js

  --mailbox ADDRESS     a mailbox of the tenant, instead of the default ones; may be repeated.
                        The first one sends (GRAPH_USER_ID), and its domain becomes the tenant's
  --tenant-id TENANT    the tenant's GUID or domain, to match the settings of your app
  --client-id ID        the app's client id, likewise
  --client-secret TEXT  the app's secret, likewise: never a real one, since others on this machine can see it
  --write FILE          set the variables in this file, and keep everything else in it
  --port N              the port to listen on, on 127.0.0.1 only; 0 for any free port (default ${DEFAULT_PORT}; with a COMMAND,
                        another one if that is taken)
  --host HOST           listen on this address instead of 127.0.0.1, such as 0.0.0.0 in a container. Not safe on a network:
                        anyone who can reach the sandbox can read its mail. Needs --allowed-host
  --allowed-host NAME   a name that clients use for it, such as its service in a compose file; may be repeated. The first
                        one is in the variables. Requests to any other name are refused
  --strict              the narrow reading of limits that are not documented exactly (default)
  --lenient             the wide reading: 1 MB is 2^20 bytes, and any number of requests at once
  --store DIR           also keep messages in this folder, as .eml and as JSON, and load those that are already there
  --json                print the variables as JSON
`;

/**
 * If Microsoft says MB without saying which, the larger one. If users have published measurements, those: a
 * posted attachment of up to 3,145,611 bytes, and upload sessions from 2 MB.
 */
const LENIENT: NonNullable<StartSandboxOptions['limits']> = {
  requestBytes: 4 * 2 ** 20,
  attachmentBytes: 3_145_612,
  sessionMinimumBytes: 2 * 2 ** 20,
  rangeBytes: 4 * 2 ** 20,
  sessionMaximumBytes: 150 * 2 ** 20,
  messageBytes: 150 * 2 ** 20,
  headerBytes: 256 * 2 ** 10,
  concurrentRequests: Number.MAX_SAFE_INTEGER,
};

/** Runs a sandbox until the process is told to end, or until the app that was started with it ends. */
export const sandboxCommand: Command = async (args, io) => {
  const { flags, app } = splitAtApp(args);
  const { values } = parseFlags({
    args: flags,
    options: {
      mailbox: { type: 'string', multiple: true },
      'tenant-id': { type: 'string' },
      'client-id': { type: 'string' },
      'client-secret': { type: 'string' },
      write: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      'allowed-host': { type: 'string', multiple: true },
      strict: { type: 'boolean' },
      lenient: { type: 'boolean' },
      store: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { stdout, stderr, cwd, signal } = io;
  if (values.help) {
    stdout.write(HELP);
    return EXIT.ok;
  }
  if (app?.length === 0) throw usageError('A command is missing after --, such as node app.js.');
  if (values.strict && values.lenient) throw usageError('Give either --strict or --lenient, not both.');
  const port = toPort(values.port, DEFAULT_PORT);
  const tenant = sandboxTenant(values);
  const options = {
    ...tenant,
    ...sandboxHosts(values),
    ...(values.lenient && { limits: LENIENT }),
    ...(values.store !== undefined && { store: resolve(cwd, values.store) }),
  };
  const isFixed = app === undefined || values.port !== undefined || values.write !== undefined;
  const warn = (warning: string) => stderr.write(`WARNING: ${warning}\n`);
  const sandbox = await startOnPort(port, options, warn).catch((error) => {
    // The app gets the sandbox's address in its variables, so several sandboxes can run side by side.
    if (isFixed || !isPortTaken(error)) throw error;
    return startOnPort(0, options, warn);
  });
  const { env, url, inboxUrl } = sandbox;
  try {
    if (values.write !== undefined) writeEnvFile(values.write, cwd, { ...env });
    // stdout belongs to the app.
    const out = app ? stderr : stdout;
    if (values.json) out.write(`${JSON.stringify({ ok: true, url, inboxUrl, env })}\n`);
    else if (!app && values.write === undefined) out.write(toLines({ ...env }));
    stderr.write(
      `The sandbox plays Entra and Graph at ${url}. What it is sent is at ${inboxUrl}. ${app ? `It ends with ${app[0]}.` : 'Ctrl-C ends it.'}\n`,
    );
    if (values.write !== undefined)
      stderr.write(`Its variables are in ${values.write}: node --env-file=${values.write} app.js.\n`);
    if (app) {
      const exitCode = signal.aborted ? INTERRUPTED : await runApp(app, { ...io, env: appEnv(io.env, env) });
      const { length } = sandbox.messages;
      stderr.write(`The sandbox took ${length} message${length === 1 ? '' : 's'}.\n`);
      return exitCode;
    }
    if (!signal.aborted) await once(signal, 'abort');
    return EXIT.ok;
  } finally {
    await sandbox.close();
  }
};

/** Drops variables that name a cloud or another sandbox: with this sandbox's endpoints they would cause an error. */
function appEnv(
  { GRAPH_CLOUD: _cloud, GRAPH_INSECURE_SANDBOX: _insecure, ...own }: CliIo['env'],
  env: SandboxEnv,
): CliIo['env'] {
  return { ...own, ...env };
}
