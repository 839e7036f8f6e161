import type { Clock } from '../clock';
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
