import { openSessionsOf } from './messages';
import type { MailboxMessage, MailboxState } from './state';

/** A draft that was neither sent nor deleted. */
export interface SandboxDraft {
  /** The id that its client got. */
  id: string;
  /** The user principal name of its mailbox. */
  mailbox: string;
  /** Empty if it has none. */
  subject: string;
  /** The complete ones, by name and size in bytes. */
  attachments: { name: string; size: number }[];
  /** How many upload sessions still accept bytes for it. */
  uploadSessions: number;
  /** When it will be sent, if it asked for a later time. */
  sendsAt?: Date;
}

export function toSandboxDraft(draft: MailboxMessage, state: MailboxState): SandboxDraft {
  const { subject, attachments } = draft.content;
  const sendsAt = state.deferred.find((sending) => sending.of === draft)?.dueAt();
  return {
    id: draft[draft.knownBy],
    mailbox: draft.mailbox.userPrincipalName,
    subject,
    attachments: attachments.map(({ name, size }) => ({ name, size })),
    uploadSessions: openSessionsOf(state, draft).length,
    ...(sendsAt !== undefined && { sendsAt: new Date(sendsAt) }),
  };
}
