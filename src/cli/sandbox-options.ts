import { resolve } from 'node:path';
import type { StartSandboxOptions } from '../sandbox';
import { isHostName, isLoopback } from '../sandbox/own-hosts';
import { isGuid, isMailboxAddress } from '../sandbox/tenant/mailbox-address';
import { checkWebhook } from '../sandbox/webhook-url';
import { usageError } from './exit-code';
import type { COMMAND_FLAGS } from './flags';
import type { ValuesOf } from './parse-flags';

type SandboxFlags = ValuesOf<typeof COMMAND_FLAGS.sandbox>;

/**
 * If Microsoft says MB without saying which, the larger one. If users have published measurements, those: a
 * posted attachment of up to 3,145,611 bytes, and upload sessions from 2 MB.
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

/**
 * The sandbox that the flags describe.
 *
 * @throws CliError (wrong usage)
 */
export function sandboxOptions(flags: SandboxFlags, cwd: string): StartSandboxOptions {
  if (flags.strict && flags.lenient) throw usageError('Give either --strict or --lenient, not both.');
  return {
    ...tenantOptions(flags),
    ...hostOptions(flags),
    ...webhookOptions(flags),
    ...(flags.lenient && { limits: LENIENT }),
    ...(flags.store !== undefined && { store: resolve(cwd, flags.store) }),
  };
}

/** The mailboxes, and an app's own settings. */
function tenantOptions(flags: SandboxFlags): StartSandboxOptions {
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

/** Where the sandbox listens, and what clients call it there. */
function hostOptions({ host, 'allowed-host': allowedHosts = [] }: SandboxFlags): StartSandboxOptions {
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

function webhookOptions({
  webhook,
  'allow-remote-webhook': allowRemoteWebhook,
}: SandboxFlags): StartSandboxOptions {
  if (webhook === undefined) {
    if (allowRemoteWebhook) throw usageError('--allow-remote-webhook goes with --webhook.');
    return {};
  }
  try {
    checkWebhook(webhook, allowRemoteWebhook ?? false);
  } catch (error) {
    throw usageError(`--webhook: ${error instanceof Error ? error.message : error}.`);
  }
  return { webhook, ...(allowRemoteWebhook && { allowRemoteWebhook }) };
}
