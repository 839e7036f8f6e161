import type { Clock } from './clock';
import { GraphTransportError } from './errors';
import { givenUpError, throwIfGivenUp } from './given-up';

/** How much may go on at once, and how fast. */
export interface Limits {
  /** Messages under way at once, of one mailbox. */
  maxConnections: number;
  /** Messages under way at once, of all mailboxes together. */
  maxTotalConnections: number;
  /** Messages of one mailbox that may start within `rateDelta`; undefined is no limit. */
  rateLimit: number | undefined;
  /** Milliseconds. */
  rateDelta: number;
  /** Messages that may wait for their turn. */
  maxQueue: number;
}

/** The time that a mailbox has to be left alone, which all its requests share. */
export interface Pauses {
  /** Resolves when the mailbox may be asked again, or as soon as the signal aborts. */
  pauseOver(signal: AbortSignal | undefined): Promise<void>;
  /** Leaves the mailbox alone for so many milliseconds from now. */
  pauseFor(ms: number): void;
}

interface Turn {
  begin(): void;
  fail(error: Error): void;
}

/**
 * Lets as many messages through at once as their mailbox takes, the others in the order in which they came.
 * Mailboxes take turns, so that a thousand messages of one do not hold up the first of another.
 */
export class MailboxLimiter {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #onTurn: () => void;
  readonly #lanes = new Map<string, Lane>();
  #underWay = 0;
  #waiting = 0;
  #turns = 0;
  #wake: AbortController | undefined;

  /** @param onTurn is told whenever a message that waited does so no more */
  constructor(limits: Limits, clock: Clock, onTurn: () => void = () => undefined) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onTurn = onTurn;
  }

  /** Messages that wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Does the work when it is the message's turn.
   *
   * @throws GraphTransportError `ECONNECTION` when too many are waiting, `EABORT` when the signal aborts
   *   before it is its turn
   */
  async run<T>(
    userId: string,
    work: (pauses: Pauses) => Promise<T>,
    signal?: AbortSignal | undefined,
  ): Promise<T> {
    throwIfGivenUp(signal);
    const mailbox = userId.toLowerCase();
    const lane = this.#laneOf(mailbox);
    if (!this.#beginAtOnce(lane)) await this.#turn(lane, signal);
    try {
      return await work(lane);
    } finally {
      lane.underWay--;
      this.#underWay--;
      if (this.#waiting > 0) this.#next();
      if (lane.isSpent(this.#clock.now())) this.#lanes.delete(mailbox);
    }
  }

  /** Lets nobody wait any longer: all who do fail. */
  rejectWaiting(error: Error): void {
    for (const lane of this.#lanes.values()) {
      const { waiting } = lane;
      lane.waiting = [];
      for (const turn of waiting) turn.fail(error);
    }
  }

  #laneOf(mailbox: string): Lane {
    const found = this.#lanes.get(mailbox);
    if (found) return found;
    const now = this.#clock.now();
    for (const [name, lane] of this.#lanes) if (lane.isSpent(now)) this.#lanes.delete(name);
    const lane = new Lane(this.#limits, this.#clock);
    this.#lanes.set(mailbox, lane);
    return lane;
  }

  #beginAtOnce(lane: Lane): boolean {
    if (this.#waiting > 0 || this.#underWay >= this.#limits.maxTotalConnections) return false;
    const now = this.#clock.now();
    if (lane.waitMs(now) > 0) return false;
    this.#underWay++;
    lane.begin(now, ++this.#turns);
    return true;
  }

  #turn(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting--;
        signal?.removeEventListener('abort', abort);
        this.#onTurn();
      };
      const turn: Turn = {
        begin: () => {
          leave();
          resolve();
        },
        fail: (error) => {
          lane.waiting = lane.waiting.filter((other) => other !== turn);
          leave();
          reject(error);
        },
      };
      const abort = () => signal && turn.fail(givenUpError(signal));
      signal?.addEventListener('abort', abort, { once: true });
      lane.waiting.push(turn);
      this.#waiting++;
      this.#next();
      if (this.#waiting > this.#limits.maxQueue && lane.waiting.includes(turn)) turn.fail(this.#fullError());
    });
  }

  /** Begins whatever may begin now, and comes back when time alone lets more begin. */
  #next(): void {
    this.#wake?.abort();
    this.#wake = undefined;
    const now = this.#clock.now();
    for (;;) {
      if (this.#underWay >= this.#limits.maxTotalConnections) return;
      const waiting = [...this.#lanes.values()].filter((lane) => lane.waiting.length > 0);
      const ready = waiting.filter((lane) => lane.waitMs(now) <= 0);
      const [first] = ready;
      if (!first) {
        const soonest = Math.min(...waiting.map((lane) => lane.waitMs(now)));
        if (soonest < Number.POSITIVE_INFINITY) void this.#nextAfter(soonest);
        return;
      }
      const nextLane = ready.reduce((one, other) => (other.lastTurn < one.lastTurn ? other : one), first);
      this.#underWay++;
      nextLane.begin(now, ++this.#turns);
      nextLane.waiting.shift()?.begin();
    }
  }

  async #nextAfter(ms: number): Promise<void> {
    const wake = new AbortController();
    this.#wake = wake;
    await this.#clock.sleep(ms, wake.signal);
    if (!wake.signal.aborted) this.#next();
  }

  #fullError(): GraphTransportError {
    return new GraphTransportError(
      'ECONNECTION',
      `The queue of the transport is full: ${this.#limits.maxQueue} messages wait for their turn (maxQueue).`,
      {
        outcome: 'not-accepted',
        hint: 'Nothing was sent. Send on when isIdle() is true, or raise maxQueue.',
      },
    );
  }
}

/** One mailbox: its messages and when the next may begin. */
class Lane implements Pauses {
  waiting: Turn[] = [];
  underWay = 0;
  /** Counted over all mailboxes: who had the last turn longest ago is next. */
  lastTurn = 0;
  readonly #limits: Limits;
  readonly #clock: Clock;
  /** When the last messages began, as far as the rate is about them. */
  #begun: number[] = [];
  #pausedUntil = 0;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How long the next message has to wait; for ever, as far as time goes, while the mailbox is busy. */
  waitMs(now: number): number {
    const { maxConnections, rateLimit, rateDelta } = this.#limits;
    if (this.underWay >= maxConnections) return Number.POSITIVE_INFINITY;
    const [first = 0] = this.#begun;
    const rateMs = rateLimit !== undefined && this.#begun.length >= rateLimit ? first + rateDelta - now : 0;
    return Math.max(this.#pausedUntil - now, rateMs, 0);
  }

  begin(now: number, turn: number): void {
    const { rateLimit } = this.#limits;
    if (rateLimit !== undefined) this.#begun = [...this.#begun, now].slice(-rateLimit);
    this.underWay++;
    this.lastTurn = turn;
  }

  /** Whether nothing of it need be remembered. */
  isSpent(now: number): boolean {
    const { rateDelta } = this.#limits;
    const begun = this.#begun.at(-1) ?? Number.NEGATIVE_INFINITY;
    return (
      this.underWay === 0 && this.waiting.length === 0 && this.#pausedUntil <= now && begun + rateDelta <= now
    );
  }

  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  async pauseOver(signal: AbortSignal | undefined): Promise<void> {
    // It may have been prolonged while we waited.
    for (;;) {
      const waitMs = this.#pausedUntil - this.#clock.now();
      if (waitMs <= 0 || signal?.aborted) return;
      await this.#clock.sleep(waitMs, signal);
    }
  }
}
