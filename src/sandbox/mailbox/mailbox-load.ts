/** Counts the requests to Graph that each mailbox has at the same time. */
export interface MailboxLoad {
  /** The most that were ever there at once, by user principal name, refused ones included. */
  readonly peaks: Readonly<Record<string, number>>;
  /** Is there room for this request? Either way it counts until `leave`. */
  enter(mailbox: string): { isOver: boolean; leave(): void };
  /** Forgets the peaks; requests that are there stay. */
  clear(): void;
}

export function createMailboxLoad(limit: number): MailboxLoad {
  const present = new Map<string, number>();
  const peaks: Record<string, number> = {};
  return {
    peaks,
    enter(mailbox) {
      const count = (present.get(mailbox) ?? 0) + 1;
      present.set(mailbox, count);
      peaks[mailbox] = Math.max(peaks[mailbox] ?? 0, count);
      return {
        isOver: count > limit,
        leave() {
          present.set(mailbox, (present.get(mailbox) ?? 0) - 1);
        },
      };
    },
    clear() {
      for (const mailbox of Object.keys(peaks)) delete peaks[mailbox];
    },
  };
}
