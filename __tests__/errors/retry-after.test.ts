import { retryAfterMs, throttledWaitMs, waitOf } from '../../src/errors/retry-after';
import { fc } from '../support/fast-check';

const now = Date.UTC(2026, 10, 23, 10, 0, 0);

test.each<[string, string | undefined, number | undefined]>([
  ['seconds', '30', 30_000],
  ['no time at all', '0', 0],
  ['parts of a second', '1.5', 1500],
  ['smaller parts of a second', '1.55', 1550],
  ['seconds with white space', ' 2 ', 2000],
  ['a date to come', 'Mon, 23 Nov 2026 10:01:00 GMT', 60_000],
  ['a date that is past', 'Mon, 23 Nov 2026 09:00:00 GMT', 0],
  ['nothing', undefined, undefined],
  ['an empty value', '', undefined],
  ['a negative number', '-5', undefined],
  ['words', 'soon', undefined],
  ['a date that is none', 'Mon, 99 Nov 2026', undefined],
  ['a date after other words', 'in Mon, 23 Nov 2026 10:01:00 GMT', undefined],
])('reads %s', (_, value, expected) => {
  expect(retryAfterMs(value, now)).toBe(expected);
});

test.each([
  '99999999999999999999999',
  '9'.repeat(400),
  `${'9'.repeat(400)}.5`,
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'Sat, 13 Sep 275760 00:00:00 GMT',
])('waits no longer than a timer can: %s', (value) => {
  expect(retryAfterMs(value, now)).toBe(2 ** 31 - 1);
});

test.each(['1e999', 'Infinity', '-Infinity', 'NaN', '0x10', '30 seconds', '1.55.5', 'in Mon', '.5', '5.'])(
  'understands nothing of %s',
  (value) => {
    expect(retryAfterMs(value, now)).toBeUndefined();
  },
);

test('is finite and not negative, or says nothing, whatever the header is', () => {
  const numbers = fc.oneof(
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.stringMatching(/^\d{1,400}$/),
  );
  const dates = fc
    .date({ noInvalidDate: false })
    .map((date) => (Number.isNaN(+date) ? 'Mon' : date.toUTCString()));
  fc.assert(
    fc.property(fc.oneof(fc.string(), numbers, dates), fc.nat(), (value, at) => {
      const ms = retryAfterMs(value, at);
      expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [1, 180_000, 30_000],
  [2, 180_000, 60_000],
  [3, 180_000, 120_000],
  [4, 180_000, 180_000],
  [2000, 180_000, 180_000],
  [1, 10, 30_000],
  [3, 10, 30_000],
])(
  'waits by halves of a minute where throttling has no number: attempt %i, maxDelay %i',
  (attempt, maxDelay, ms) => {
    expect(throttledWaitMs(attempt, maxDelay)).toBe(ms);
  },
);

test.each([
  ['what the answer says', 7000, true, { retryAfter: 7000, isOwnWait: false }],
  ['what it says, even if that is no time at all', 0, true, { retryAfter: 0, isOwnWait: false }],
  [
    'half a minute if it throttles and does not say',
    undefined,
    true,
    { retryAfter: 30_000, isOwnWait: true },
  ],
  ['nothing if it does not throttle', undefined, false, { retryAfter: undefined, isOwnWait: false }],
])('takes from an answer %s', (_, retryAfter, throttles, wait) => {
  expect(waitOf(retryAfter, throttles)).toEqual(wait);
});
