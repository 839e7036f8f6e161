import type { StartSandboxOptions } from '../sandbox';
import { isHostName, isLoopback } from '../sandbox/own-hosts';
import { isGuid, isMailboxAddress } from '../sandbox/tenant/mailbox-address';
import { usageError } from './exit-code';

/** The flags that describe the sandbox's tenant. */
export interface TenantFlags {
  mailbox?: string[] | undefined;
  'tenant-id'?: string | undefined;
  'client-id'?: string | undefined;
  'client-secret'?: string | undefined;
}

/**
 * The options of a sandbox with these mailboxes and these settings of an app.
 *
 * @throws CliError (wrong usage)
 */
export function sandboxTenant(flags: TenantFlags): StartSandboxOptions {
  const { mailbox, 'tenant-id': tenant, 'client-id': clientId, 'client-secret': clientSecret } = flags;
  for (const address of mailbox ?? []) {
    if (isMailboxAddress(address)) continue;
    throw usageError(`--mailbox takes an address such as orders@contoso.com, not "${address}".`);
  }
  for (const [name, value] of Object.entries({ 'client-id': clientId, 'client-secret': clientSecret })) {
    if (value !== undefined && !/^[^\s\p{Cc}]+$/u.test(value)) {
      throw usageError(`--${name} takes a text without spaces.`);
    }
  }
  return {
    ...(mailbox && { mailboxes: mailbox }),
    ...(tenant !== undefined && tenantOf(tenant)),
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
  };
}

function tenantOf(tenant: string): StartSandboxOptions {
  if (isGuid(tenant)) return { tenantId: tenant };
  if (isMailboxAddress(`x@${tenant}`)) return { tenantDomain: tenant };
  throw usageError(`--tenant-id takes a GUID or a domain such as contoso.com, not "${tenant}".`);
}

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
