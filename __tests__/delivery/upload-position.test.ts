import { readPosition } from '../../src/delivery/upload-answers';
import { fc } from '../support/fast-check';

const SIZE = 9_000_000;
const SENT = 4_000_000;
const read = (ranges: unknown, name = 'nextExpectedRanges') =>
  readPosition(JSON.stringify({ [name]: ranges }), SENT, SIZE);

test.each<[string, unknown, number]>([
  ['the number alone, as mail has it', ['2097152'], 2_097_152],
  ['an open range, as it is at first', ['0-'], 0],
  ['a range with its end', ['26-2097151'], 26],
  ['a range to the end of the file', ['2097152-8999999'], 2_097_152],
  ['a number of JSON', [2_097_152], 2_097_152],
  ['white space around it', [' 2097152 '], 2_097_152],
  ['ranges that follow each other', ['100-199', '200-'], 100],
  ['all that was sent', ['4000000-'], SENT],
])('reads %s', (_, ranges, start) => {
  expect(read(ranges)).toEqual({ kind: 'next', start });
  expect(read(ranges, 'NextExpectedRanges')).toEqual({ kind: 'next', start });
});

test.each<[string, unknown]>([
  ['a negative number', ['-5']],
  ['a negative number of JSON', [-5]],
  ['a fraction', ['1.5']],
  ['a word', ['abc']],
  ['a number with a tail', ['12abc']],
  ['an empty text', ['']],
  ['nothing in the list', [null]],
  ['bytes that were never sent', ['4000001-']],
  ['bytes behind the file', ['9000001']],
  ['an end behind the file', ['0-9000000']],
  ['an end before the start', ['20-10']],
  ['a number that is none to JavaScript', ['99999999999999999999']],
  ['two ranges with a gap', ['0-99', '200-']],
  ['two ranges that overlap', ['0-99', '50-']],
  ['a range behind an open one', ['0-', '9-']],
  ['a text in the place of the list', '0-'],
])('takes %s for what cannot be', (_, ranges) => {
  expect(read(ranges)).toMatchObject({ kind: 'impossible' });
});

test('tells of what cannot be, and not much of it', () => {
  expect(read(['-5'])).toEqual({ kind: 'impossible', ranges: '["-5"]' });
  const long = read(['x'.repeat(9000)]);
  expect(long.kind === 'impossible' && long.ranges.length).toBe(60);
});

test('takes an empty list, and the end of the file, for all of it', () => {
  expect(read([])).toEqual({ kind: 'complete' });
  expect(readPosition('{"nextExpectedRanges":["9000000"]}', SIZE, SIZE)).toEqual({ kind: 'complete' });
});

test.each(['', '<p>busy', '{}', '{"nextExpectedRanges":null}', '{"nextExpectedRanges":["0-'])(
  'hears nothing of ranges in %j',
  (body) => {
    expect(readPosition(body, SENT, SIZE)).toEqual({ kind: 'silent' });
  },
);

test('never leads beyond what was sent, whatever the list says', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.integer(), fc.stringMatching(/^\d{1,8}-\d{0,8}$/))),
      (ranges) => {
        const position = read(ranges);
        if (position.kind !== 'next') return;
        expect(position.start).toBeGreaterThanOrEqual(0);
        expect(position.start).toBeLessThanOrEqual(SENT);
      },
    ),
  );
});

test('reads a range of a single byte', () => {
  expect(readPosition('{"nextExpectedRanges":["5-5"]}', 6, 10)).toEqual({ kind: 'next', start: 5 });
});

test.each(['{}', '{"0":"0-"}', '5', 'true', '"0"'])(
  'takes %s, which is no list, for what cannot be',
  (ranges) => {
    expect(readPosition(`{"nextExpectedRanges":${ranges}}`, 6, 10)).toEqual({ kind: 'impossible', ranges });
  },
);

test.each(['11', '11-', '11-20', '12-11'])(
  'takes %s, which begins after the end, for what cannot be',
  (range) => {
    expect(readPosition(`{"nextExpectedRanges":["${range}"]}`, 10, 10)).toMatchObject({ kind: 'impossible' });
  },
);
