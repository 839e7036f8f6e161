import { once } from 'node:events';
import { resolve } from 'node:path';
import type { StartSandboxOptions } from '../sandbox';
import { CliError, usageError } from './cli-error';
import { errorCode } from './error-code';
import { EXIT } from './exit-code';
import type { Command } from './io';
import { parseFlags } from './parse-flags';

const DEFAULT_PORT = 4250;

const HELP = `Usage: nodemailer-graph-transport sandbox [FLAGS]

Plays Entra and Graph on this machine until it is interrupted, and prints the variables that lead an app to it:
nodemailer-graph-transport sandbox > .env

  --port N      where it listens, on 127.0.0.1 only; 0 is any free port (default ${DEFAULT_PORT})
  --strict      the narrow reading of limits whose exact value is not documented (default)
  --lenient     the wide reading: MB are 2^20 bytes, and any number of requests at once
  --store DIR   keep messages in this folder as well, as .eml and as JSON, and begin with those that are there
  --json        print the variables as JSON
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

/** Runs a sandbox until the process is to end. */
export const sandboxCommand: Command = async (args, { stdout, stderr, cwd, signal }) => {
  const { values } = parseFlags({
    args,
    options: {
      port: { type: 'string' },
      strict: { type: 'boolean' },
      lenient: { type: 'boolean' },
      store: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    stdout.write(HELP);
    return EXIT.ok;
  }
  if (values.strict && values.lenient) throw usageError('Give either --strict or --lenient, not both.');
  const port = toPort(values.port);
  const { startSandbox }: typeof import('../sandbox') = require('../sandbox');
  const sandbox = await startSandbox({
    port,
    ...(values.lenient && { limits: LENIENT }),
    ...(values.store !== undefined && { store: resolve(cwd, values.store) }),
  }).catch((error) => {
    throw errorCode(error) === 'EADDRINUSE' ? portTaken(port) : error;
  });
  const { env, url, inboxUrl } = sandbox;
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  stdout.write(values.json ? `${JSON.stringify({ ok: true, url, inboxUrl, env })}\n` : lines.join(''));
  stderr.write(
    `The sandbox plays Entra and Graph at ${url}. What it is sent is at ${inboxUrl}. Ctrl-C ends it.\n`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  await sandbox.close();
  return EXIT.ok;
};

function toPort(given: string | undefined): number {
  if (given === undefined) return DEFAULT_PORT;
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(port <= 65_535)) throw usageError(`--port takes a number up to 65535, not "${given}".`);
  return port;
}

function portTaken(port: number): CliError {
  return new CliError(
    EXIT.unavailable,
    `The sandbox cannot start: port ${port} of 127.0.0.1 is taken. Give --port another, or 0 for any that is free.`,
  );
}
