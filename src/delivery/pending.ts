import type { Clock } from '../clock';
import { Abort, onAbort } from '../errors/signal';
import type { Limits } from '../options/resolved-options';
import { MailboxLimiter } from './mailbox-limiter';

/** Messages that may be read before their turn, because their content decides which mailbox sends them. */
const MAX_READ_AHEAD = 16;

/** Where the messages of a transport wait. */
export class Queues {
  /** For the turn of their mailbox. */
  readonly limiter: MailboxLimiter;
  /** To be read before their turn. */
  readonly readAhead: MailboxLimiter;

  /** @param onTurn called each time a message stops waiting */
  constructor(limits: Limits, clock: Clock, onTurn: () => void) {
    this.limiter = new MailboxLimiter(limits, clock, onTurn);
    this.readAhead = new MailboxLimiter(
      {
        ...limits,
        maxConnections: MAX_READ_AHEAD,
        maxTotalConnections: MAX_READ_AHEAD,
        rateLimit: undefined,
      },
      clock,
      onTurn,
    );
  }

  /** The number of messages that are waiting. */
  get waiting(): number {
    return this.limiter.waiting + this.readAhead.waiting;
  }

  /** Fails all messages that are waiting. */
  rejectWaiting(error: Error): void {
    for (const queue of [this.readAhead, this.limiter]) queue.rejectWaiting(error);
  }
}

/** What a transport is doing: `close()` waits for it, and may abort it. */
export class WorkUnderWay {
  readonly #works = new Map<Promise<unknown>, Abort>();

  get size(): number {
    return this.#works.size;
  }

  /** Does work that the signal aborts, or `abortAll()`. */
  async do<T>(signal: AbortSignal | undefined, work: (abort: Abort) => Promise<T>): Promise<T> {
    const abort = new Abort();
    const stopListening = onAbort(signal, () => abort.abort(signal?.reason));
    const working = work(abort);
    this.#works.set(working, abort);
    try {
      return await working;
    } finally {
      stopListening();
      this.#works.delete(working);
    }
  }

  abortAll(reason: Error): void {
    for (const abort of this.#works.values()) abort.abort(reason);
  }

  /** Resolves when what is under way now has ended. It never rejects. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#works.keys());
  }
}
