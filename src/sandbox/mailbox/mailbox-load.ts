import type { SandboxMailbox } from '../settings';

/** Counts the requests to Graph that each mailbox has at the same time. */
export interface MailboxLoad {
  /** The most that were ever there at once, by user principal name, refused ones included. */
  readonly peaks: Readonly<Record<string, number>>;
  /** Is there room for this request? Either way it counts until `leave`. One for no mailbox of the tenant never counts. */
  enter(mailbox: SandboxMailbox | undefined): { isOver: boolean; leave(): void };
  /** Forgets the peaks; requests that are there stay. */
  clear(): void;
}

export function createMailboxLoad(limit: number): MailboxLoad {
  const present = new Map<SandboxMailbox, number>();
  // Without a prototype, since a mailbox may be called `constructor`.
  const peaks: Record<string, number> = Object.create(null);
  return {
    peaks,
    enter(mailbox) {
      if (mailbox === undefined) return { isOver: false, leave() {} };
      const name = mailbox.userPrincipalName;
      const count = (present.get(mailbox) ?? 0) + 1;
      present.set(mailbox, count);
      peaks[name] = Math.max(peaks[name] ?? 0, count);
      return {
        isOver: count > limit,
        leave() {
          present.set(mailbox, (present.get(mailbox) ?? 0) - 1);
        },
      };
    },
    clear() {
      for (const name of Object.keys(peaks)) delete peaks[name];
    },
  };
}
