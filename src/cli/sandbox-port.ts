import { errorCode } from '../errors/error-code';
import type { RunningSandbox, StartSandboxOptions } from '../sandbox';
import { CliError, usageError } from './cli-error';
import { EXIT } from './exit-code';

/**
 * The port that `--port` names.
 *
 * @throws CliError of usage
 */
export function toPort(given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(port <= 65_535)) throw usageError(`--port takes a number up to 65535, not "${given}".`);
  return port;
}

/**
 * A sandbox that listens there.
 *
 * @throws CliError when the port is taken
 */
export async function startOnPort(port: number, options: StartSandboxOptions = {}): Promise<RunningSandbox> {
  const { startSandbox }: typeof import('../sandbox') = require('../sandbox');
  return startSandbox({ ...options, port }).catch((error) => {
    throw errorCode(error) === 'EADDRINUSE' ? portTaken(port) : error;
  });
}

export function isPortTaken(error: unknown): boolean {
  return error instanceof CliError && error.exitCode === EXIT.unavailable;
}

function portTaken(port: number): CliError {
  return new CliError(
    EXIT.unavailable,
    `The sandbox cannot start: port ${port} of 127.0.0.1 is taken. Give --port another, or 0 for any that is free.`,
  );
}
