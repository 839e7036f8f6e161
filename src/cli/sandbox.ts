import { once } from 'node:events';
import type { SandboxEnv } from '../sandbox';
import { writeEnvFile } from './env-file';
import { EXIT, usageError } from './exit-code';
import { toPort } from './flag-values';
import { COMMAND_FLAGS, DEFAULT_SANDBOX_PORT, FLAGS } from './flags';
import type { CliIo, Command } from './io';
import { toLines } from './merge-env';
import { helpOf, parseFlags, splitAtApp } from './parse-flags';
import { runApp } from './run-app';
import { sandboxOptions } from './sandbox-options';
import { isPortTaken, startOnPort } from './sandbox-port';

/** The exit code of shells after Ctrl-C. */
const INTERRUPTED = 130;

const HELP = `Usage: nodemailer-graph-transport sandbox [FLAGS] [-- COMMAND [ARGUMENTS]]

Runs a simulated Entra and Graph on this machine until interrupted, and shows on a web page what it receives.

With a COMMAND, starts it with variables that point to the sandbox, and exits when it does, with its exit code:
  nodemailer-graph-transport sandbox -- node app.js
Without a COMMAND, prints these variables, or writes them to a file:
  nodemailer-graph-transport sandbox --write .env.local
  node --env-file=.env.local app.js

${helpOf(FLAGS.sandbox)}
`;

/** Runs a sandbox until the process is told to end, or until the app that was started with it ends. */
export const sandboxCommand: Command = async (args, io) => {
  const { flags, app } = splitAtApp(args);
  const { values } = parseFlags({
    args: flags,
    options: COMMAND_FLAGS.sandbox,
  });
  const { stdout, stderr, cwd, signal } = io;
  if (values.help) {
    stdout.write(HELP);
    return EXIT.ok;
  }
  if (app?.length === 0) throw usageError('A command is missing after --, such as node app.js.');
  const port = toPort(values.port, DEFAULT_SANDBOX_PORT);
  const options = sandboxOptions(values, cwd);
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
