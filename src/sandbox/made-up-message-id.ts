import { randomUUID } from 'node:crypto';
import type { SandboxMailbox } from './settings';

/** The Message-ID of a mail that came without one. */
export function madeUpMessageId(mailbox: SandboxMailbox): string {
  const [, domain = ''] = mailbox.userPrincipalName.split('@');
  return `<${randomUUID()}@${domain}>`;
}
