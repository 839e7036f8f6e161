import { errorCode } from '../errors/graph-transport-error';
import type { RunningSandbox, StartSandboxOptions } from '../sandbox';
import { CliError, EXIT } from './exit-code';

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

/** Whether the network refused the address rather than the port. */
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
