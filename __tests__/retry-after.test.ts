import { retryAfterMs } from '../src/retry-after';

const now = Date.UTC(2026, 10, 23, 10, 0, 0);

test.each<[string, string | undefined, number | undefined]>([
  ['seconds', '30', 30_000],
  ['no time at all', '0', 0],
  ['parts of a second', '1.5', 1500],
  ['seconds with white space', ' 2 ', 2000],
  ['a date to come', 'Mon, 23 Nov 2026 10:01:00 GMT', 60_000],
  ['a date that is past', 'Mon, 23 Nov 2026 09:00:00 GMT', 0],
  ['nothing', undefined, undefined],
  ['an empty value', '', undefined],
  ['a negative number', '-5', undefined],
  ['words', 'soon', undefined],
  ['a date that is none', 'Mon, 99 Nov 2026', undefined],
])('reads %s', (_, value, expected) => {
  expect(retryAfterMs(value, now)).toBe(expected);
});
