import { openSessionsOf } from './messages';
import type { MailboxMessage, MailboxState } from './state';

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
