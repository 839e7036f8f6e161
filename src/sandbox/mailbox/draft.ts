import { openSessionsOf } from '../graph/open-upload';
import type { SandboxState } from '../sandbox-state';
import type { StoredMessage } from './messages';

/** A draft that was made and neither sent nor deleted. */
export interface SandboxDraft {
  /** The one that its client was told. */
  id: string;
  /** The user principal name of the mailbox that it stands in. */
  mailbox: string;
  /** Empty when it has none. */
  subject: string;
  /** Those that are there whole, by name and bytes. */
  attachments: { name: string; size: number }[];
  /** How many upload sessions still take bytes for it. */
  uploadSessions: number;
  /** When it goes out, given one that was sent and asked for a later time. */
  sendsAt?: Date;
}

export function toSandboxDraft(stored: StoredMessage, state: SandboxState): SandboxDraft {
  const { subject, attachments } = stored.message.content;
  const sendsAt = state.deferred.find((sending) => sending.of === stored)?.dueAt();
  return {
    id: stored[stored.knownBy],
    mailbox: stored.mailbox.userPrincipalName,
    subject,
    attachments: attachments.map(({ name, size }) => ({ name, size })),
    uploadSessions: openSessionsOf(state, stored).length,
    ...(sendsAt !== undefined && { sendsAt: new Date(sendsAt) }),
  };
}
