import type { Clock } from '../clock';
import { type AnySignal, toSignal } from '../errors/signal';
import type { Pauses } from '../graph/message-requests';
import type { Limits } from '../options/resolved-options';

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

  async pauseOver(signal: AnySignal | undefined): Promise<void> {
    // The pause may have been extended while we waited.
    for (;;) {
      const waitMs = this.#pausedUntil - this.#clock.now();
      if (waitMs <= 0 || signal?.aborted) return;
      await this.#clock.sleep(waitMs, toSignal(signal));
    }
  }
}

/** A place in the line. */
export interface Place<Item> {
  readonly item: Item;
  before: Place<Item> | undefined;
  behind: Place<Item> | undefined;
}

/**
 * A line that anyone can leave from any place. With an array or a set, leaving takes time in proportion to the
 * length of the line: half a minute if 40,000 messages leave at once.
 */
export class WaitingLine<Item> {
  #first: Place<Item> | undefined;
  #last: Place<Item> | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Joins the line. The returned place is what `leave` takes. */
  join(item: Item): Place<Item> {
    const place: Place<Item> = { item, before: this.#last, behind: undefined };
    if (this.#last) this.#last.behind = place;
    else this.#first = place;
    this.#last = place;
    return place;
  }

  /** Leaves the line. A second call has no effect. */
  leave(place: Place<Item>): void {
    const { before, behind } = place;
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
  }

  /** Removes and returns the first in line. */
  shift(): Item | undefined {
    const first = this.#first;
    if (first) this.leave(first);
    return first?.item;
  }
}
