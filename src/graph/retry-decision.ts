import type { Outcome } from '../errors/graph-transport-error';
import { throttledWaitMs } from '../errors/retry-after';
import type { RetryPolicy } from '../options/resolved-options';

/** A request that failed. */
export interface FailedAttempt {
  outcome: Outcome;
  /** The number of the attempt, from 1. */
  attempt: number;
  /** Whether it does no harm to carry the request out twice. */
  repeatable: boolean;
  /** The wait that the service asks for, in milliseconds. */
  retryAfter: number | undefined;
  /** Whether the service throttles without saying for how long. */
  isThrottledUntold?: boolean;
}

/** Whether to make the request again, and why. */
export type RetryDecision = { retry: true; waitMs: number } | { retry: false; because: string };

/** The first wait, before it is randomised; each further one is twice as long. */
const FIRST_WAIT_MS = 1000;

/**
 * A throttled request waits between two and four thirds of its time: never short, and not all come back at
 * once.
 */
const THROTTLED_SPREAD = { least: 2 / 3, width: 2 / 3 };

/**
 * Decides what to do after a failure. A request that may have sent the message is never made again.
 *
 * The wait is exponential with full jitter, so that many senders that were refused at once do not all come back
 * at once. `Retry-After` is a lower bound: users report that Exchange asks for one second whatever the real
 * wait is (microsoftgraph/msgraph-sdk-javascript #297). Throttling without a number calls for longer waits than
 * a broken connection.
 */
export function decideRetry(failed: FailedAttempt, policy: RetryPolicy, random: number): RetryDecision {
  const { outcome, attempt, repeatable } = failed;
  if (outcome === 'refused') return { retry: false, because: 'it was refused' };
  if (outcome === 'unknown' && !repeatable) return { retry: false, because: 'it may have been carried out' };
  if (attempt >= policy.attempts) return { retry: false, because: `it was tried ${attempt} times` };
  return { retry: true, waitMs: Math.min(policy.maxDelay, Math.ceil(wantedMs(failed, policy, random))) };
}

function wantedMs(failed: FailedAttempt, { maxDelay }: RetryPolicy, random: number): number {
  const { attempt, retryAfter = 0, isThrottledUntold = false } = failed;
  if (isThrottledUntold) {
    const { least, width } = THROTTLED_SPREAD;
    return throttledWaitMs(attempt, maxDelay) * (least + random * width);
  }
  return Math.max(retryAfter, random * FIRST_WAIT_MS * 2 ** (attempt - 1));
}
