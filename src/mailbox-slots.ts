/**
 * Most requests that Graph serves at once for one app and mailbox; more are answered by 429
 * (Microsoft Graph documentation, concepts/throttling-limits.md).
 */
const SLOTS_PER_MAILBOX = 4;

/** Lets so many messages of a mailbox through at once as Graph takes, the others in the order they came. */
export class MailboxSlots {
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Does the work as soon as the mailbox has a slot for it. */
  async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const mailbox = userId.toLowerCase();
    await this.#take(mailbox);
    try {
      return await work();
    } finally {
      this.#give(mailbox);
    }
  }

  async #take(mailbox: string): Promise<void> {
    const taken = this.#taken.get(mailbox) ?? 0;
    if (taken < SLOTS_PER_MAILBOX) {
      this.#taken.set(mailbox, taken + 1);
      return;
    }
    const waiting = this.#waiting.get(mailbox) ?? [];
    this.#waiting.set(mailbox, waiting);
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** Hands the slot on to who waits longest, so that nobody can slip in between. */
  #give(mailbox: string): void {
    const next = this.#waiting.get(mailbox)?.shift();
    if (next) {
      next();
      return;
    }
    this.#waiting.delete(mailbox);
    const taken = (this.#taken.get(mailbox) ?? 1) - 1;
    if (taken === 0) this.#taken.delete(mailbox);
    else this.#taken.set(mailbox, taken);
  }
}
