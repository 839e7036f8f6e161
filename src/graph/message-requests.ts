import { type Clock, startTimer } from '../clock';
import { throwIfGivenUp } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { throttledWaitMs } from '../errors/retry-after';
import { type AnySignal, onAbort, toSignal } from '../errors/signal';
import type { RetryPolicy } from '../options/resolved-options';
import type { Accepted, GraphCall, UploadAnswer, UploadCall } from './calls';
import type { GraphClient } from './client';
import { decideRetry } from './retry-decision';

/** Holds back all requests to a mailbox for a while; all its messages share this. */
export interface Pauses {
  /** Resolves when the mailbox may be asked again or the signal aborts, whichever comes first. */
  pauseOver(signal: AnySignal | undefined): Promise<void>;
  /** Holds back requests to the mailbox for this many milliseconds from now. */
  pauseFor(ms: number): void;
}

/** A request that failed and will be made again, as it is logged. */
export interface RetryEvent {
  error: GraphTransportError;
  /** The number of the attempt that failed, from 1. */
  attempt: number;
  waitMs: number;
  /** Whether all messages of the mailbox wait. */
  throttled: boolean;
}

/** What the requests of one message need. */
export interface MessageRequestsOptions {
  client: GraphClient;
  pauses: Pauses;
  policy: RetryPolicy;
  clock: Clock;
  /** Aborts the send. */
  signal: AnySignal | undefined;
  onRetry?: (event: RetryEvent) => void;
  /** Called with the number of attempts each time the sending request is made. */
  onAttempt?: (attempts: number) => void;
}

/** A call, and what its answer must contain. */
export interface CheckedCall extends GraphCall {
  /** Throws if the body of the answer is wrong, which makes the attempt a failure. */
  check?: (body: string) => void;
}

/** A call, and what to do if it fails. */
export interface RetriedCall extends CheckedCall {
  /** Whether it does no harm to carry it out twice. */
  repeatable?: boolean;
}

/** Attempts of a clean-up request: the message has already failed by then, so this must not take long. */
const CLEAN_UP_ATTEMPTS = 3;
/** How long clean-up may take in total after the send was aborted: the caller is waiting for it to end. */
const CLEAN_UP_MS = 15_000;

/** The requests of one message. Each is retried if that is safe and may help. */
export class MessageRequests {
  /** How many times the sending request was made. */
  attempts = 0;
  readonly signal: AnySignal | undefined;
  /** When clean-up must be finished. */
  #cleanUpEndsAt: number | undefined;
  readonly #options: MessageRequestsOptions;

  constructor(options: MessageRequestsOptions) {
    this.#options = options;
    this.signal = options.signal;
  }

  /** Origin of Graph. */
  get endpoint(): string {
    return this.#options.client.endpoint;
  }

  /** Whether nothing leads from the endpoint to another host. */
  get isAlone(): boolean {
    return this.#options.client.isAlone;
  }

  /**
   * Makes a request until it is accepted or retrying no longer makes sense.
   *
   * @throws GraphTransportError of the last attempt; its outcome says what may have become of it
   */
  async call(call: RetriedCall): Promise<Accepted> {
    const { client, pauses, signal, onAttempt } = this.#options;
    const { repeatable = false, check } = call;
    for (let attempt = 1; ; attempt++) {
      await pauses.pauseOver(signal);
      throwIfGivenUp(signal);
      if (call.sends) {
        this.attempts++;
        onAttempt?.(this.attempts);
      }
      try {
        const accepted = await client.call(call, signal);
        check?.(accepted.body);
        return accepted;
      } catch (error) {
        if (!(error instanceof GraphTransportError)) throw error;
        if (!(await this.retry(error, attempt, repeatable))) {
          throw this.afterAttempts(error, attempt);
        }
      }
    }
  }

  /** Makes a request to an upload session, once. Resuming after a failure is up to the caller. */
  async upload(call: UploadCall): Promise<UploadAnswer> {
    const { client, pauses, signal } = this.#options;
    await pauses.pauseOver(signal);
    return client.upload(call, signal);
  }

  /** Makes a clean-up request, even if the send was aborted. It must do no harm to carry it out twice. */
  async cleanUp({ check, ...call }: CheckedCall): Promise<Accepted> {
    const { client, policy, clock } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const accepted = await this.#inTime((signal) => client.call(call, signal));
        check?.(accepted.body);
        return accepted;
      } catch (error) {
        if (attempt === CLEAN_UP_ATTEMPTS || outcomeOf(error) === 'refused') throw error;
        await clock.sleep(Math.min(policy.maxDelay, 250 * 2 ** attempt));
      }
    }
  }

  /** Makes one attempt to clean up an upload session. */
  cleanUpUpload(call: UploadCall): Promise<UploadAnswer> {
    return this.#inTime((signal) => this.#options.client.upload(call, signal));
  }

  /** Limits clean-up to the time that is left for it once the send is aborted. Until then there is no limit. */
  async #inTime<T>(cleanUp: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, signal } = this.#options;
    const over = new AbortController();
    let stopTimer: (() => void) | undefined;
    const limit = () => {
      this.#cleanUpEndsAt ??= clock.now() + CLEAN_UP_MS;
      const leftMs = Math.max(0, this.#cleanUpEndsAt - clock.now());
      stopTimer = startTimer(clock, leftMs, () => over.abort(signal?.reason));
    };
    const stopListening = onAbort(signal, limit);
    try {
      return await cleanUp(over.signal);
    } finally {
      stopListening();
      stopTimer?.();
    }
  }

  /**
   * Waits after a failure; if Graph throttles, the whole mailbox waits. Resolves with false if there should be
   * no further attempt.
   *
   * @param attempt the one that failed, from 1
   */
  async retry(error: GraphTransportError, attempt: number, repeatable: boolean): Promise<boolean> {
    const { pauses, policy, clock, signal, onRetry } = this.#options;
    const { retryAfter } = error;
    const isThrottledUntold = error.details.isOwnWait;
    const failed = { outcome: outcomeOf(error), attempt, repeatable, retryAfter, isThrottledUntold };
    const decision = decideRetry(failed, policy, clock.random());
    if (!decision.retry) return false;
    // As if it was aborted during the wait: the next step fails, and its error says so.
    if (signal?.aborted) return true;
    const { waitMs } = decision;
    const throttled = error.retryAfter !== undefined;
    onRetry?.({ error, attempt, waitMs, throttled });
    if (throttled) pauses.pauseFor(waitMs);
    else await clock.sleep(waitMs, toSignal(signal));
    return true;
  }

  /** The last attempt's error, with the number of attempts added. */
  afterAttempts(error: GraphTransportError, attempts: number): GraphTransportError {
    return afterAttempts(error, attempts, this.#options.policy);
  }

  /** The current time in milliseconds, on the clock that the waits use. */
  now(): number {
    return this.#options.clock.now();
  }

  /** Waits, but no longer than the longest wait between two attempts. */
  async wait(ms: number): Promise<void> {
    const { clock, policy, signal } = this.#options;
    await clock.sleep(Math.min(policy.maxDelay, ms), toSignal(signal));
    throwIfGivenUp(signal);
  }

  /** Waits as before this attempt, for something that takes Graph a moment. */
  moment(attempt: number): Promise<void> {
    return this.wait(momentMs(attempt));
  }

  /**
   * Waits before the next attempt at something that takes Graph a moment, and logs why.
   *
   * @param attempt the one that failed, from 1
   */
  async waitOut(error: GraphTransportError, attempt: number): Promise<void> {
    const { policy, onRetry } = this.#options;
    const waitMs = Math.min(policy.maxDelay, Math.max(momentMs(attempt), error.retryAfter ?? 0));
    onRetry?.({ error, attempt, waitMs, throttled: false });
    await this.wait(waitMs);
  }

  /** Waits like `moment`, but for clean-up: even if the send was aborted. */
  async cleanUpMoment(attempt: number): Promise<void> {
    const { clock, policy } = this.#options;
    await clock.sleep(Math.min(policy.maxDelay, momentMs(attempt)));
  }
}

function momentMs(attempt: number): number {
  return 250 * 2 ** (attempt - 1);
}

function afterAttempts(
  error: GraphTransportError,
  attempts: number,
  { maxDelay }: RetryPolicy,
): GraphTransportError {
  if (attempts === 1) return error;
  return error.with({
    hint: `${error.hint ?? ''} It was tried ${attempts} times.`.trim(),
    ...(error.details.isOwnWait && { retryAfter: throttledWaitMs(attempts, maxDelay) }),
  });
}
