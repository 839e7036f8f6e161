import type { Clock } from '../clock';

/**
 * - `closed`: messages go to the member
 * - `open`: it failed lately, so messages go to others
 * - `half-open`: its cool-down is over, so one message tries it
 */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** When a member is passed over. */
export interface CircuitOptions {
  /**
   * How many failures in a row open the circuit. A failure with `retryAfter` opens it at once.
   * @default 3
   */
  failures?: number | undefined;
  /**
   * Milliseconds until one message tries the member again. After a failure with `retryAfter`, it is that.
   * @default 30_000
   */
  coolDown?: number | undefined;
}

/** One message on its way through a member. It ends in one of three ways, once. */
export interface Attempt {
  /** The member sent the message, or refused it for the message's own sake. */
  answered(): void;
  /** The member could not send, or did not say whether it did. */
  failed(retryAfter: number): void;
  /** The attempt says nothing about the member: the caller aborted it. */
  abandoned(): void;
}

/** Decides whether a member is worth a try, from how the last messages fared. */
export class Circuit {
  readonly #failuresToOpen: number;
  readonly #coolDown: number;
  readonly #clock: Clock;
  readonly #onChange: (state: 'open' | 'closed') => void;
  #failuresInARow = 0;
  /** When the next trial may begin. Undefined while the circuit is closed. */
  #nextTrial: number | undefined;
  #trials = 0;

  constructor(
    { failures = 3, coolDown = 30_000 }: CircuitOptions,
    clock: Clock,
    onChange: (state: 'open' | 'closed') => void,
  ) {
    this.#failuresToOpen = failures;
    this.#coolDown = coolDown;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get state(): CircuitState {
    if (this.#nextTrial === undefined) return 'closed';
    return this.waitMs > 0 ? 'open' : 'half-open';
  }

  /** Milliseconds until the next trial; 0 if there is nothing to wait for. */
  get waitMs(): number {
    return this.#nextTrial === undefined ? 0 : Math.max(Math.ceil(this.#nextTrial - this.#clock.now()), 0);
  }

  /** Whether the next message should go here. While one message tries the member, others should not. */
  get isReady(): boolean {
    return this.state === 'closed' || (this.state === 'half-open' && this.#trials === 0);
  }

  /** Begins an attempt. If the circuit is not closed, the attempt is a trial, which closes it or opens it again. */
  begin(): Attempt {
    const isTrial = this.#nextTrial !== undefined;
    if (isTrial) this.#trials += 1;
    const end = (act: () => void) => {
      if (isTrial) this.#trials -= 1;
      act();
    };
    return {
      answered: () =>
        end(() => {
          // A message that began before the circuit opened says nothing about what came after.
          if (this.#nextTrial !== undefined && !isTrial) return;
          this.#failuresInARow = 0;
          this.#nextTrial = undefined;
          if (isTrial) this.#onChange('closed');
        }),
      failed: (retryAfter) => end(() => this.#fail(retryAfter, isTrial)),
      abandoned: () => end(() => undefined),
    };
  }

  #fail(retryAfter: number, isTrial: boolean): void {
    this.#failuresInARow += 1;
    const wasOpen = this.#nextTrial !== undefined;
    const isLate = wasOpen && !isTrial;
    if (retryAfter <= 0 && (isLate || (!wasOpen && this.#failuresInARow < this.#failuresToOpen))) return;
    const next = this.#clock.now() + (retryAfter > 0 ? retryAfter : this.#coolDown);
    this.#nextTrial = isLate ? Math.max(this.#nextTrial ?? 0, next) : next;
    if (!isLate) this.#onChange('open');
  }
}
