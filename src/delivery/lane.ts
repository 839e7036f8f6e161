import type { Clock } from '../clock';
import type { Pauses } from '../graph/message-requests';
import type { Limits } from '../options/resolved-options';
import { WaitingLine } from './waiting-line';

/** A message that waits for its turn. */
export interface Turn {
  begin(): void;
  fail(error: Error): void;
}

/** One mailbox: its messages, and when the next one may begin. */
export class Lane implements Pauses {
  readonly waiting = new WaitingLine<Turn>();
  underWay = 0;
  /** When it last had a turn, counted over all mailboxes. The one whose last turn is longest ago goes next. */
  lastTurn = 0;
  /** Whether it is listed: by its last turn at that time, or by when its next message may begin. */
  isListed = false;
  readyTurn = 0;
  laterAt = 0;
  /** Whether it has no messages, and when it was due to be forgotten. */
  isResting = false;
  restsUntil = 0;
  readonly #limits: Limits;
  readonly #clock: Clock;
  /**
   * When the most recent messages began, as far back as the rate limit looks: a ring buffer whose oldest entry
   * is overwritten next.
   */
  readonly #begun: number[] = [];
  #beginnings = 0;
  #lastBegan = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    readonly mailbox: string,
    readonly number: number,
    limits: Limits,
    clock: Clock,
  ) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How long the next message has to wait; infinite while the mailbox is busy. */
  waitMs(now: number): number {
    const { maxConnections, rateLimit, rateDelta } = this.#limits;
    if (this.underWay >= maxConnections) return Number.POSITIVE_INFINITY;
    const isFull = rateLimit !== undefined && this.#beginnings >= rateLimit;
    const oldest = isFull ? (this.#begun[this.#beginnings % rateLimit] ?? 0) : Number.NEGATIVE_INFINITY;
    return Math.max(this.#pausedUntil - now, oldest + rateDelta - now, 0);
  }

  begin(now: number, turn: number): void {
    const { rateLimit } = this.#limits;
    if (rateLimit !== undefined) {
      this.#begun[this.#beginnings % rateLimit] = now;
      this.#beginnings++;
      this.#lastBegan = now;
    }
    this.underWay++;
    this.lastTurn = turn;
  }

  /** Until when a mailbox without messages must be remembered. */
  restingUntil(): number {
    return Math.max(this.#pausedUntil, this.#lastBegan + this.#limits.rateDelta);
  }

  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  async pauseOver(signal: AbortSignal | undefined): Promise<void> {
    // The pause may have been extended while we waited.
    for (;;) {
      const waitMs = this.#pausedUntil - this.#clock.now();
      if (waitMs <= 0 || signal?.aborted) return;
      await this.#clock.sleep(waitMs, signal);
    }
  }
}
