import type { StartSandboxOptions } from '../sandbox';
import { isGuid, isMailboxAddress } from '../sandbox/tenant/mailbox-address';
import { usageError } from './cli-error';

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
