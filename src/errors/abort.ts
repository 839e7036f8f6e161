import { type Clock, startTimer } from '../clock';
import { GraphTransportError } from './graph-transport-error';
import { type Abort, type AnySignal, onAbort } from './signal';

/** The reason of the signal when a send exceeds its overall `timeout`. */
export class SendTimeout extends Error {
  constructor(readonly timeoutMs: number) {
    super(`The timeout of ${timeoutMs} ms is over`);
  }
}

/** Aborts a send that takes longer than its overall timeout, and tells how long it has taken. */
export class SendTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #abort: Pick<Abort, 'abort'>;
  #stop: (() => void) | undefined;
  #startedAt: number;

  /** @param timeoutMs counts from `start()` */
  constructor(clock: Clock, timeoutMs: number, abort: Pick<Abort, 'abort'>) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#abort = abort;
    this.#startedAt = clock.now();
  }

  /** Starts the timeout, from zero if it is running. */
  start(): void {
    this.stop();
    this.#startedAt = this.#clock.now();
    this.#stop = startTimer(this.#clock, this.#timeoutMs, () =>
      this.#abort.abort(new SendTimeout(this.#timeoutMs)),
    );
  }

  stop(): void {
    this.#stop?.();
  }

  /** Whole milliseconds since it was last started. */
  get elapsedMs(): number {
    return Math.round(this.#clock.now() - this.#startedAt);
  }
}

/**
 * The error of a send that was ended by its caller, by `close()` or by its overall timeout.
 *
 * @param mayBeSent whether the request that sends had already gone out
 */
export function givenUpError(signal: AnySignal, mayBeSent = false): GraphTransportError {
  const cause: unknown = signal.reason;
  const fate = mayBeSent
    ? 'The request had already reached Graph, so the message may have been sent.'
    : 'Nothing was sent.';
  if (cause instanceof SendTimeout) {
    return new GraphTransportError(
      'ETIMEDOUT',
      `The send took longer than its timeout, ${cause.timeoutMs} ms.`,
      {
        outcome: mayBeSent ? 'unknown' : 'not-accepted',
        hint: fate,
        cause,
      },
    );
  }
  // After `close()`, the app may send the message through another transport. After an abort, it no longer wants
  // it sent.
  const unsent = cause instanceof GraphTransportError && cause.retryable ? 'not-accepted' : 'refused';
  return new GraphTransportError('EABORT', 'The send was aborted.', {
    outcome: mayBeSent ? 'unknown' : unsent,
    hint: fate,
    cause,
  });
}

/** The error of what is asked of a transport after `close()`. */
export function closedError(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', 'The transport is closed.', {
    outcome: 'not-accepted',
    hint: 'Nothing was sent.',
  });
}

/** @throws GraphTransportError `EABORT` or `ETIMEDOUT` if the send was ended before the message was sent */
export function throwIfGivenUp(signal: AnySignal | undefined): void {
  if (signal?.aborted) throw givenUpError(signal);
}

/**
 * The result of work that others wait for too, and that continues whatever happens to this send.
 *
 * @throws GraphTransportError `EABORT` or `ETIMEDOUT` if the send is ended first
 */
export async function unlessGivenUp<T>(work: Promise<T>, signal: AnySignal | undefined): Promise<T> {
  if (!signal) return work;
  throwIfGivenUp(signal);
  let stop = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => reject(givenUpError(signal)));
  });
  // Once the send has ended, the rejection may have no listener left.
  work.catch(() => undefined);
  return Promise.race([work, givenUp]).finally(stop);
}
