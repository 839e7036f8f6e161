import { once } from 'node:events';
import { resolve } from 'node:path';
import type { SandboxEnv, StartSandboxOptions } from '../sandbox';
import { usageError } from './cli-error';
import { EXIT } from './exit-code';
import type { CliIo, Command } from './io';
import { toLines } from './merge-env';
import { parseFlags } from './parse-flags';
import { runApp } from './run-app';
import { sandboxHosts } from './sandbox-hosts';
import { isPortTaken, startOnPort, toPort } from './sandbox-port';
import { sandboxTenant } from './sandbox-tenant';
import { splitAtApp } from './split-at-app';
import { writeEnvFile } from './write-env-file';

const DEFAULT_PORT = 4250;

/** As shells have it for Ctrl-C. */
const INTERRUPTED = 130;

const HELP = `Usage: nodemailer-graph-transport sandbox [FLAGS] [-- COMMAND [ARGUMENTS]]

Plays Entra and Graph on this machine until it is interrupted, and shows in a web page what it is sent.

With a COMMAND, starts it with the variables that lead it to the sandbox, and ends with it and its exit code:
  nodemailer-graph-transport sandbox -- node app.js
Without one, prints these variables, or writes them to a file:
  nodemailer-graph-transport sandbox --write .env.local
  node --env-file=.env.local app.js

  --mailbox ADDRESS     a mailbox of the tenant, in place of those that it has by default; may be given more than once.
                        The first is the one that sends (GRAPH_USER_ID), and its domain that of the tenant
  --tenant-id TENANT    the tenant's GUID or domain, for an app that has its own in its settings
  --client-id ID        likewise the app's id
  --client-secret TEXT  likewise its secret: never a real one, since others on this machine can see it
  --write FILE          set the variables in this file and keep all else that is in it
  --port N              where it listens; 0 is any free port (default ${DEFAULT_PORT}; with a COMMAND another one where that
                        is taken)
  --host HOST           listen on this address, such as 0.0.0.0 in a container, in place of 127.0.0.1. Not for a network:
                        whoever reaches the sandbox can read its mail. Takes --allowed-host
  --allowed-host NAME   a name by which clients call it, such as its service in a compose file; may be given more than
                        once. The first one is in the variables. Requests for any other name are refused
  --strict              the narrow reading of limits whose exact value is not documented (default)
  --lenient             the wide reading: MB are 2^20 bytes, and any number of requests at once
  --store DIR           keep messages in this folder as well, as .eml and as JSON, and begin with those that are there
  --json                print the variables as JSON
`;

/**
 * Where Microsoft says MB without saying which, the larger one; where users told what they measured, that: a posted
 * attachment of up to 3,145,611 bytes, and upload sessions from 2 MB.
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

/** Runs a sandbox until the process is to end, or the app that it was started for. */
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
    // The app is told where the sandbox is, so that several may run side by side.
    if (isFixed || !isPortTaken(error)) throw error;
    return startOnPort(0, options, warn);
  });
  const { env, url, inboxUrl } = sandbox;
  try {
    if (values.write !== undefined) writeEnvFile(values.write, cwd, { ...env });
    // What an app prints is its own.
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

/** The app has no part in the cloud or the sandbox that the variables may name. */
function appEnv(
  { GRAPH_CLOUD: _cloud, GRAPH_INSECURE_SANDBOX: _insecure, ...own }: CliIo['env'],
  env: SandboxEnv,
): CliIo['env'] {
  return { ...own, ...env };
}
