import type { Clock } from '../clock';
import { type AnySignal, toSignal } from '../errors/signal';

/** Requests that Exchange takes, and the time that they count for (documented: exchangemessagetrace.md, its API pages). */
const MAX_REQUESTS = 100;
const WINDOW_MS = 5 * 60 * 1000;

/** Keeps the message trace's limit of requests, over all calls of one transport. */
export class TraceLimiter {
  readonly #clock: Clock;
  /** When the requests of the last five minutes were made. */
  readonly #made: number[] = [];
  #pausedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until a request may be made, and counts it. It resolves early if the signal aborts. */
  async turn(signal: AnySignal | undefined): Promise<void> {
    while (!signal?.aborted) {
      const waitMs = this.waitMs();
      if (waitMs <= 0) {
        this.#made.push(this.#clock.now());
        return;
      }
      await this.#clock.sleep(waitMs, toSignal(signal));
    }
  }

  /** How long a request would have to wait now. */
  waitMs(): number {
    const now = this.#clock.now();
    while (this.#made[0] !== undefined && this.#made[0] + WINDOW_MS <= now) this.#made.shift();
    const [oldest = now] = this.#made;
    const freeAt = this.#made.length < MAX_REQUESTS ? now : oldest + WINDOW_MS;
    return Math.max(freeAt, this.#pausedUntil) - now;
  }

  /** Holds back all requests, because Graph throttles them. */
  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }
}
