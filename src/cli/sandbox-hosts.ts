import type { StartSandboxOptions } from '../sandbox';
import { isHostName, isLoopback } from '../sandbox/own-hosts';
import { usageError } from './cli-error';

/**
 * Where the sandbox is to listen, and what it is called there.
 *
 * @throws CliError of usage
 */
export function sandboxHosts({
  host,
  'allowed-host': allowedHosts = [],
}: {
  host?: string | undefined;
  'allowed-host'?: string[] | undefined;
}): StartSandboxOptions {
  for (const name of allowedHosts) {
    if (isHostName(name)) continue;
    throw usageError(`--allowed-host takes a host name without a port, such as sandbox, not "${name}".`);
  }
  if (host === '') throw usageError('--host takes an address or a name, such as 0.0.0.0.');
  if (host !== undefined && !isLoopback(host) && allowedHosts.length === 0) {
    throw usageError(
      `With --host ${host} other machines can reach the sandbox: say with --allowed-host by which name they call it, such as --allowed-host sandbox.`,
    );
  }
  return { ...(host !== undefined && { host }), ...(allowedHosts.length > 0 && { allowedHosts }) };
}
