import { errorCode } from '../errors/error-code';
import type { RunningSandbox, StartSandboxOptions } from '../sandbox';
import { CliError, EXIT, usageError } from './exit-code';

/**
 * The port given by `--port`.
 *
 * @throws CliError (wrong usage)
 */
export function toPort(given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(port <= 65_535)) throw usageError(`--port takes a number up to 65535, not "${given}".`);
  return port;
}

/**
 * Starts a sandbox on that port.
 *
 * @param warn receives the warning if other machines can reach the sandbox
 * @throws CliError if it cannot listen there
 */
export async function startOnPort(
  port: number,
  options: StartSandboxOptions = {},
  warn: (warning: string) => void = () => undefined,
): Promise<RunningSandbox> {
  const { openSandbox }: typeof import('../sandbox/start-sandbox') = require('../sandbox/start-sandbox');
  const { host = '127.0.0.1' } = options;
  return openSandbox({ ...options, port }, warn).catch((error) => {
    if (errorCode(error) === 'EADDRINUSE') throw portTaken(port, host);
    throw isOfAddress(error) ? new CliError(EXIT.unavailable, cannotListen(port, host, error)) : error;
  });
}

/** What the network says of an address that it cannot listen on. */
function isOfAddress(error: unknown): error is Error {
  return ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(errorCode(error) ?? '');
}

function cannotListen(port: number, host: string, { message }: Error): string {
  return `The sandbox cannot listen on ${host}, port ${port}: ${message}. Is ${host} an address of this machine?`;
}

export function isPortTaken(error: unknown): boolean {
  return error instanceof PortTaken;
}

class PortTaken extends CliError {}

function portTaken(port: number, host: string): CliError {
  return new PortTaken(
    EXIT.unavailable,
    `The sandbox cannot start: port ${port} of ${host} is taken. Use --port with another number, or 0 for any free port.`,
  );
}
