import type { Ids } from '../http/ids';
import type { SandboxMailbox } from '../settings';

/** The Message-ID of a mail that came without one. */
export function madeUpMessageId(mailbox: SandboxMailbox, ids: Ids): string {
  const [, domain = ''] = mailbox.userPrincipalName.split('@');
  return `<${ids.guid()}@${domain}>`;
}
