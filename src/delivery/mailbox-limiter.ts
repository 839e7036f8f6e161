import { asciiLowerCase } from '../ascii-case';
import type { Clock } from '../clock';
import { givenUpError, throwIfGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { type AnySignal, onAbort } from '../errors/signal';
import type { Pauses } from '../graph/message-requests';
import type { Limits } from '../options/resolved-options';
import { Heap } from './heap';
import { Lane, type Turn } from './lane';

/**
 * Lets as many messages through at once as their mailbox allows; the others wait in the order in which they
 * came. Mailboxes take turns, so a thousand messages of one do not hold up the first of another.
 *
 * The cost of a message depends neither on the number of mailboxes nor on the number of waiting messages:
 * nothing here goes through all lanes or a whole line.
 */
export class MailboxLimiter {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #onTurn: () => void;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes whose next message may begin, or could when this was last checked. */
  readonly #ready = new Heap<Lane>((one, other) =>
    one.readyTurn === other.readyTurn ? one.number < other.number : one.readyTurn < other.readyTurn,
  );
  /** Lanes whose next message may begin later. */
  readonly #later = new Heap<Lane>((one, other) => one.laterAt < other.laterAt);
  /** Lanes without messages that must still be remembered. */
  readonly #resting = new Heap<Lane>((one, other) => one.restsUntil < other.restsUntil);
  #underWay = 0;
  #waiting = 0;
  #turns = 0;
  #laneCount = 0;
  #wake: { at: number; abort: AbortController } | undefined;

  /** @param onTurn called each time a message stops waiting */
  constructor(limits: Limits, clock: Clock, onTurn: () => void = () => undefined) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onTurn = onTurn;
  }

  /** Messages that are waiting for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The number of mailboxes that are being tracked. */
  get mailboxes(): number {
    return this.#lanes.size;
  }

  /**
   * Does the work when the message's turn comes.
   *
   * @throws GraphTransportError `ECONNECTION` if too many messages are waiting, `EABORT` if the signal aborts
   *   before the message's turn
   */
  async run<T>(
    userId: string,
    work: (pauses: Pauses) => Promise<T>,
    signal?: AnySignal | undefined,
  ): Promise<T> {
    throwIfGivenUp(signal);
    const lane = this.#laneOf(asciiLowerCase(userId));
    if (!this.#beginAtOnce(lane)) await this.#turn(lane, signal);
    try {
      return await work(lane);
    } finally {
      lane.underWay--;
      this.#underWay--;
      this.#consider(lane);
      if (this.#waiting > 0) this.#next();
      this.#forget(lane);
    }
  }

  /** The pauses of a mailbox, for requests that are part of no message and take no turn. */
  pausesOf(userId: string): Pauses {
    const mailbox = asciiLowerCase(userId);
    return {
      pauseOver: async (signal) => this.#lanes.get(mailbox)?.pauseOver(signal),
      pauseFor: (ms) => {
        const lane = this.#laneOf(mailbox);
        lane.pauseFor(ms);
        this.#forget(lane);
      },
    };
  }

  /** Fails all messages that are waiting. */
  rejectWaiting(error: Error): void {
    for (const lane of this.#lanes.values()) {
      for (let turn = lane.waiting.shift(); turn; turn = lane.waiting.shift()) turn.fail(error);
      this.#forget(lane);
    }
  }

  #laneOf(mailbox: string): Lane {
    this.#forgetRested();
    const found = this.#lanes.get(mailbox);
    if (found) return found;
    const lane = new Lane(mailbox, ++this.#laneCount, this.#limits, this.#clock);
    this.#lanes.set(mailbox, lane);
    return lane;
  }

  /** Forgets the lane of a mailbox without messages, now or when its pause and its rate window are over. */
  #forget(lane: Lane): void {
    if (lane.underWay > 0 || !lane.waiting.isEmpty || this.#lanes.get(lane.mailbox) !== lane) return;
    const now = this.#clock.now();
    const restsUntil = lane.restingUntil();
    if (restsUntil <= now) {
      this.#lanes.delete(lane.mailbox);
    } else if (!lane.isResting) {
      lane.isResting = true;
      lane.restsUntil = restsUntil;
      this.#resting.push(lane);
    }
  }

  #forgetRested(): void {
    const now = this.#clock.now();
    for (let lane = this.#resting.first; lane && lane.restsUntil <= now; lane = this.#resting.first) {
      this.#resting.pop();
      lane.isResting = false;
      this.#forget(lane);
    }
  }

  #beginAtOnce(lane: Lane): boolean {
    if (this.#waiting > 0 || this.#underWay >= this.#limits.maxTotalConnections) return false;
    const now = this.#clock.now();
    if (lane.waitMs(now) > 0) return false;
    this.#underWay++;
    lane.begin(now, ++this.#turns);
    return true;
  }

  #turn(lane: Lane, signal: AnySignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting--;
        if (this.#waiting === 0) this.#stopWaking();
        stopListening();
        this.#onTurn();
      };
      const turn: Turn = {
        begin: () => {
          leave();
          resolve();
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const place = lane.waiting.join(turn);
      const giveUp = (error: Error) => {
        lane.waiting.leave(place);
        turn.fail(error);
        this.#forget(lane);
      };
      const stopListening = onAbort(signal, () => signal && giveUp(givenUpError(signal)));
      this.#waiting++;
      this.#consider(lane);
      this.#next();
      if (this.#waiting > this.#limits.maxQueue) giveUp(this.#fullError());
    });
  }

  /** Files a lane by its first message: under those that may begin now, or those that may begin later. */
  #consider(lane: Lane): void {
    if (lane.isListed || lane.waiting.isEmpty) return;
    const now = this.#clock.now();
    const waitMs = lane.waitMs(now);
    // The lane is looked at again when one of its messages ends.
    if (waitMs === Number.POSITIVE_INFINITY) return;
    lane.isListed = true;
    if (waitMs <= 0) {
      lane.readyTurn = lane.lastTurn;
      this.#ready.push(lane);
    } else {
      lane.laterAt = now + waitMs;
      this.#later.push(lane);
    }
  }

  /** Starts every message that may begin now, and sets a timer for the next one that may begin later. */
  #next(): void {
    const now = this.#clock.now();
    for (let lane = this.#later.first; lane && lane.laterAt <= now; lane = this.#later.first) {
      this.#later.pop();
      lane.isListed = false;
      this.#consider(lane);
    }
    while (this.#underWay < this.#limits.maxTotalConnections) {
      const lane = this.#ready.pop();
      if (!lane) {
        this.#wakeFor(this.#later.first, now);
        return;
      }
      lane.isListed = false;
      // Since it was listed, its mailbox may have been paused or its messages aborted. Then a later one may have had
      // its turn without waiting.
      if (!lane.waiting.isEmpty && lane.waitMs(now) <= 0 && lane.readyTurn === lane.lastTurn) {
        this.#underWay++;
        lane.begin(now, ++this.#turns);
        lane.waiting.shift()?.begin();
      }
      this.#consider(lane);
    }
  }

  #wakeFor(lane: Lane | undefined, now: number): void {
    if (!lane || (this.#wake && this.#wake.at <= lane.laterAt)) return;
    this.#stopWaking();
    const wake = { at: lane.laterAt, abort: new AbortController() };
    this.#wake = wake;
    void this.#clock.sleep(lane.laterAt - now, wake.abort.signal).then(() => {
      if (this.#wake !== wake) return;
      this.#wake = undefined;
      this.#next();
    });
  }

  /** Stops the timer, which would keep the process alive. */
  #stopWaking(): void {
    this.#wake?.abort.abort();
    this.#wake = undefined;
  }

  #fullError(): GraphTransportError {
    return new GraphTransportError(
      'ECONNECTION',
      `The queue of the transport is full: ${this.#limits.maxQueue} messages wait for their turn (maxQueue).`,
      {
        outcome: 'not-accepted',
        hint: 'Nothing was sent. Send more when isIdle() is true, or raise maxQueue.',
      },
    );
  }
}
