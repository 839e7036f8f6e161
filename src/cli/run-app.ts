import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { errorCode } from '../errors/error-code';
import { CliError } from './cli-error';
import type { CliIo } from './io';

/** As shells have it: not found, found but not to be run, and from here on the number of a signal. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const SIGNALLED = 128;

/**
 * Runs an app in front of the terminal, as if it had been called itself, until it ends: with its exit code, or with
 * that of shells for a process that a signal has ended.
 *
 * @throws CliError when the app cannot be started
 */
export async function runApp(
  [command = '', ...args]: readonly string[],
  { env, cwd, stdout, stderr, signal, onSignal }: CliIo,
): Promise<number> {
  // Without a shell: what is a quote or a space stays one.
  const app = spawn(command, args, {
    env,
    cwd,
    stdio: ['inherit', shared(stdout, process.stdout), shared(stderr, process.stderr)],
  });
  pass(app.stdout, stdout);
  pass(app.stderr, stderr);
  const stopPassing = onSignal ? onSignal((name) => app.kill(name)) : undefined;
  const end = () => app.kill('SIGTERM');
  // A signal aborts as well, and is passed on under its own name.
  if (onSignal === undefined) signal.addEventListener('abort', end);
  try {
    return await new Promise((resolve, reject) => {
      app.once('error', (error) => reject(cannotStart(command, error)));
      app.once('close', (exitCode, name) => {
        resolve(exitCode ?? SIGNALLED + (name === null ? 0 : constants.signals[name]));
      });
    });
  } finally {
    stopPassing?.();
    signal.removeEventListener('abort', end);
  }
}

/** The app gets the very same terminal or pipe; only a test stands between. */
function shared(given: Writable, own: Writable): 'inherit' | 'pipe' {
  return given === own ? 'inherit' : 'pipe';
}

function pass(from: Readable | null, to: Writable): void {
  from?.pipe(to, { end: false });
}

function cannotStart(command: string, error: Error): CliError {
  const code = errorCode(error);
  const why = code === 'ENOENT' ? 'there is no such command' : error.message;
  const onWindows =
    process.platform === 'win32' ? ' On Windows, npm and other .cmd files start by way of cmd /c.' : '';
  return new CliError(
    code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE,
    `Cannot start ${command}: ${why}.${onWindows}`,
  );
}
