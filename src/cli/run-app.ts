import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { errorCode } from '../errors/graph-transport-error';
import { CliError } from './exit-code';
import type { CliIo } from './io';

/**
 * The exit codes of shells: not found, found but not executable, and the base to which a signal's number is
 * added.
 */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const SIGNALLED = 128;

/**
 * Runs an app in the terminal as if it had been started directly. Resolves with its exit code, or with the one
 * that shells use for a process ended by a signal.
 *
 * @throws CliError if the app cannot be started
 */
export async function runApp(
  [command = '', ...args]: readonly string[],
  { env, cwd, stdout, stderr, signal, onSignal }: CliIo,
): Promise<number> {
  // Without a shell, so quotes and spaces stay as they are.
  const app = spawn(command, args, {
    env,
    cwd,
    stdio: ['inherit', shared(stdout, process.stdout), shared(stderr, process.stderr)],
  });
  pass(app.stdout, stdout);
  pass(app.stderr, stderr);
  const stopPassing = onSignal ? onSignal((name) => app.kill(name)) : undefined;
  const end = () => app.kill('SIGTERM');
  // With `onSignal`, signals are passed on under their own names, and `signal` aborts as well.
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

/** The app gets the same terminal or pipe that we have. Only tests use a pipe in between. */
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
