import { decideRetry, type FailedAttempt } from '../../src/graph/retry-decision';

const policy = { attempts: 5, maxDelay: 60_000 };
const failed: FailedAttempt = {
  outcome: 'not-accepted',
  attempt: 1,
  repeatable: false,
  retryAfter: undefined,
};

test('makes a request again that was certainly not carried out', () => {
  expect(decideRetry(failed, policy, 0.5)).toEqual({ retry: true, waitMs: 500 });
});

test('never makes a request again that may have sent the message', () => {
  const unknown = { ...failed, outcome: 'unknown', retryAfter: 1000 } as const;
  expect(decideRetry(unknown, policy, 0.5)).toEqual({
    retry: false,
    because: 'it may have been carried out',
  });
  expect(decideRetry({ ...unknown, repeatable: true }, policy, 0.5)).toEqual({ retry: true, waitMs: 1000 });
});

test('takes a refusal for final, whatever Retry-After says', () => {
  const refused = { ...failed, outcome: 'refused', repeatable: true, retryAfter: 1000 } as const;
  expect(decideRetry(refused, policy, 0.5)).toMatchObject({ retry: false, because: 'it was refused' });
});

test('ends after the attempts of the policy, the first one counted', () => {
  expect(decideRetry({ ...failed, attempt: 4 }, policy, 0.5)).toMatchObject({ retry: true });
  expect(decideRetry({ ...failed, attempt: 5 }, policy, 0.5)).toMatchObject({
    retry: false,
    because: 'it was tried 5 times',
  });
  expect(decideRetry(failed, { ...policy, attempts: 1 }, 0.5)).toMatchObject({ retry: false });
});

test.each([
  [1, 1000],
  [2, 2000],
  [3, 4000],
  [4, 8000],
])('waits any time up to a limit that doubles: attempt %i, %i ms', (attempt, most) => {
  expect(decideRetry({ ...failed, attempt }, policy, 0)).toMatchObject({ waitMs: 0 });
  expect(decideRetry({ ...failed, attempt }, policy, 0.25)).toMatchObject({ waitMs: most / 4 });
  expect(decideRetry({ ...failed, attempt }, policy, 0.9999)).toMatchObject({ waitMs: most });
});

test('comes no sooner than Retry-After asks, and no later than the longest wait of the policy', () => {
  const throttled = { ...failed, retryAfter: 30_000 };
  expect(decideRetry(throttled, policy, 0.5)).toEqual({ retry: true, waitMs: 30_000 });
  expect(decideRetry({ ...failed, retryAfter: 600_000 }, policy, 0.5)).toMatchObject({ waitMs: 60_000 });
  expect(decideRetry({ ...failed, attempt: 4 }, { attempts: 5, maxDelay: 100 }, 0.9)).toMatchObject({
    waitMs: 100,
  });
});

test.each([
  [1, 20_000, 40_000],
  [2, 40_000, 80_000],
  [3, 80_000, 160_000],
  [4, 120_000, 180_000],
])('waits tens of seconds where throttling has no number: attempt %i', (attempt, least, most) => {
  const untold = { ...failed, attempt, isThrottledUntold: true };
  const patient = { attempts: 5, maxDelay: 180_000 };
  expect(decideRetry(untold, patient, 0)).toEqual({ retry: true, waitMs: least });
  expect(decideRetry(untold, patient, 0.999_999)).toEqual({ retry: true, waitMs: most });
  expect(decideRetry(untold, { attempts: 5, maxDelay: 10 }, 0.5)).toEqual({ retry: true, waitMs: 10 });
});
