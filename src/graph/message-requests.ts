import { type Clock, startTimer } from '../clock';
import { throwIfGivenUp } from '../errors/abort';
import { alteredError, GraphTransportError, isOwnWait, outcomeOf } from '../errors/graph-transport-error';
import { throttledWaitMs } from '../errors/retry-after';
import type { Accepted, GraphCall, GraphClient, UploadAnswer, UploadCall } from './client';
import { decideRetry, type RetryPolicy } from './retry-decision';

/** The time in which a mailbox is to be left alone; all messages of the mailbox share it. */
export interface MailboxPauses {
  pauseOver(signal: AbortSignal | undefined): Promise<void>;
  pauseFor(ms: number): void;
}

/** A request that failed and is made again, as the log is told of it. */
export interface RetryEvent {
  error: GraphTransportError;
  /** The attempt that failed, from 1. */
  attempt: number;
  waitMs: number;
  /** Whether all of the mailbox waits. */
  throttled: boolean;
}

export interface MessageRequestsOptions {
  client: GraphClient;
  pauses: MailboxPauses;
  policy: RetryPolicy;
  clock: Clock;
  /** Gives the message up. */
  signal: AbortSignal | undefined;
  onRetry?: (event: RetryEvent) => void;
  /** Is told how often the request that sends was made, whenever it is. */
  onAttempt?: (attempts: number) => void;
}

/** A call, and what its answer has to hold. */
export interface CheckedCall extends GraphCall {
  /** Throws when the body of the answer is not what it should be, which makes the attempt a failure. */
  check?: (body: string) => void;
}

/** A call, and what to do when it fails. */
export interface RetriedCall extends CheckedCall {
  /** Whether it does no harm when it is carried out twice. */
  repeatable?: boolean;
}

/** Attempts to clean up: it is done when the message has failed already, and must not take long. */
const CLEAN_UP_ATTEMPTS = 3;
/** How long cleaning up may take in all once the message was given up: the caller is waiting to be rid of it. */
const CLEAN_UP_MS = 15_000;

/** The requests of one message: each is made again where that is safe and has a chance. */
export class MessageRequests {
  /** How often the request that sends was made. */
  attempts = 0;
  readonly signal: AbortSignal | undefined;
  /** When cleaning up has to be over. */
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

  /**
   * Makes a request until it is accepted, or there is no sense in going on.
   *
   * @throws GraphTransportError of the last attempt; its outcome tells what may have become of it
   */
  async call(call: RetriedCall): Promise<Accepted> {
    const { client, pauses, signal, onAttempt } = this.#options;
    const { repeatable = false, check, ...request } = call;
    for (let attempt = 1; ; attempt++) {
      await pauses.pauseOver(signal);
      throwIfGivenUp(signal);
      if (call.sends) {
        this.attempts++;
        onAttempt?.(this.attempts);
      }
      try {
        const accepted = await client.call(request, signal);
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

  /** Makes a request to an upload session, once; to go on from where it stands is the caller's. */
  async upload(call: UploadCall): Promise<UploadAnswer> {
    const { client, pauses, signal } = this.#options;
    await pauses.pauseOver(signal);
    return client.upload(call, signal);
  }

  /**
   * Makes a request that does no harm when it is carried out twice, even if the message was given up: to clean
   * up after it.
   */
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

  /** Gives a clean-up what time is left for it once the message is given up; until then, as much as it takes. */
  async #inTime<T>(cleanUp: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, signal } = this.#options;
    const over = new AbortController();
    let stopTimer: (() => void) | undefined;
    const limit = () => {
      this.#cleanUpEndsAt ??= clock.now() + CLEAN_UP_MS;
      const leftMs = Math.max(0, this.#cleanUpEndsAt - clock.now());
      stopTimer = startTimer(clock, leftMs, () => over.abort(signal?.reason));
    };
    if (signal?.aborted) limit();
    else signal?.addEventListener('abort', limit, { once: true });
    try {
      return await cleanUp(over.signal);
    } finally {
      signal?.removeEventListener('abort', limit);
      stopTimer?.();
    }
  }

  /**
   * Waits after a failure, with all of the mailbox when Graph throttles it. False means that there should be
   * no other attempt.
   *
   * @param attempt the one that failed, from 1
   */
  async retry(error: GraphTransportError, attempt: number, repeatable: boolean): Promise<boolean> {
    const { pauses, policy, clock, signal, onRetry } = this.#options;
    const { retryAfter } = error;
    const isThrottledUntold = isOwnWait(error);
    const failed = { outcome: outcomeOf(error), attempt, repeatable, retryAfter, isThrottledUntold };
    const decision = decideRetry(failed, policy, clock.random());
    if (signal?.aborted || !decision.retry) return false;
    const { waitMs } = decision;
    const throttled = error.responseCode === 429 || error.retryAfter !== undefined;
    onRetry?.({ error, attempt, waitMs, throttled });
    if (throttled) pauses.pauseFor(waitMs);
    else await clock.sleep(waitMs, signal);
    return true;
  }

  /** The error of a request that was tried so many times, in the place of the last attempt's. */
  afterAttempts(error: GraphTransportError, attempts: number): GraphTransportError {
    return afterAttempts(error, attempts, this.#options.policy);
  }

  /** Milliseconds on the clock by which this waits. */
  now(): number {
    return this.#options.clock.now();
  }

  /** Waits, but no longer than between two attempts. */
  async wait(ms: number): Promise<void> {
    const { clock, policy, signal } = this.#options;
    await clock.sleep(Math.min(policy.maxDelay, ms), signal);
    throwIfGivenUp(signal);
  }

  /** Waits as before the given attempt, for something that takes Graph a moment. */
  moment(attempt: number): Promise<void> {
    return this.wait(momentMs(attempt));
  }

  /**
   * Waits before the next attempt at something that takes Graph a moment, and tells the log why.
   *
   * @param attempt the one that failed, from 1
   */
  async waitOut(error: GraphTransportError, attempt: number): Promise<void> {
    const { policy, onRetry } = this.#options;
    const waitMs = Math.min(policy.maxDelay, Math.max(momentMs(attempt), error.retryAfter ?? 0));
    onRetry?.({ error, attempt, waitMs, throttled: false });
    await this.wait(waitMs);
  }

  /** Waits as `moment` does, for clean-up: even if the message was given up. */
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
  return alteredError(error, {
    hint: `${error.hint ?? ''} It was tried ${attempts} times.`.trim(),
    ...(isOwnWait(error) && { retryAfter: throttledWaitMs(attempts, maxDelay) }),
  });
}
