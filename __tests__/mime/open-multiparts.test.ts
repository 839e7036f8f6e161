import { OpenMultiparts } from '../../src/mime/open-multiparts';
import { mailPart } from '../support/mail-part';

const multipart = (boundary: string, children = [mailPart()]) =>
  mailPart({ type: 'multipart/mixed', use: 'multipart', params: { boundary }, children });

function opened(...boundaries: string[]) {
  const multiparts = new OpenMultiparts();
  const parts = boundaries.map((boundary) => multipart(boundary));
  for (const part of parts) multiparts.open(part);
  return { multiparts, parts, delimiterOf: (line: string) => multiparts.delimiterOf(Buffer.from(line)) };
}

test.each<[string, { depth: number; closing: boolean } | undefined]>([
  ['--outer\r\n', { depth: 0, closing: false }],
  ['--inner \t\r\n', { depth: 1, closing: false }],
  ['--outer--\r\n', { depth: 0, closing: true }],
  ['--inner--', { depth: 1, closing: true }],
  ['--inner', undefined],
  ['--other\r\n', undefined],
  ['-- inner\r\n', undefined],
  ['xxouter\r\n', undefined],
  ['-xouter\r\n', undefined],
  ['x-outer\r\n', undefined],
  [`--inner${' '.repeat(999)}\r\n`, undefined],
])('the line %j ends %j', (line, delimiter) => {
  expect(opened('outer', 'inner').delimiterOf(line)).toEqual(delimiter);
});

test('a delimiter of an outer multipart ends those inside it', () => {
  const { multiparts, parts } = opened('outer', 'inner');
  multiparts.endAt({ depth: 0, closing: false });
  expect(multiparts.depth).toBe(1);
  expect(multiparts.innermost).toBe(parts[0]);
  multiparts.endAt({ depth: 0, closing: true });
  expect(multiparts.depth).toBe(0);
});

test('a multipart that closes before its first part stays open, and is in doubt', () => {
  const multiparts = new OpenMultiparts();
  const part = multipart('b', []);
  multiparts.open(part);
  multiparts.endAt({ depth: 0, closing: true });
  expect(multiparts.depth).toBe(1);
  expect(part.faults).toEqual([
    { because: 'structure', what: 'the parts of multipart/mixed, which ends before the first' },
  ]);
});

test('the white space at the end of a boundary does not count, and that at its beginning does', () => {
  const { delimiterOf } = opened(' b ');
  expect(delimiterOf('-- b\r\n')).toEqual({ depth: 0, closing: false });
  expect(delimiterOf('--b\r\n')).toBeUndefined();
});

test('boundaries that begin alike can be told apart', () => {
  expect(opened('b', 'b-', 'bb').parts.map(({ faults }) => faults)).toEqual([[], [], []]);
});

test('a boundary as long as a line is in doubt', () => {
  expect(opened('b'.repeat(1042)).parts[0]?.faults).toEqual([]);
  expect(opened('b'.repeat(1043)).parts[0]?.faults).toEqual([
    { because: 'structure', what: 'a boundary of a line' },
  ]);
});

test.each([
  ['b', 'b'],
  ['b', 'b--'],
  ['b--', 'b'],
])('boundaries %j and %j cannot be told apart', (outer, inner) => {
  const { parts } = opened(outer, inner);
  expect(parts[1]?.faults).toEqual([{ because: 'structure', what: 'two multiparts with one boundary' }]);
});

test('only a boundary of ASCII is read alike by all, and only one line ending behind it', () => {
  expect(opened('grün').multiparts.hasOddBoundary).toBe(true);
  const { multiparts, delimiterOf } = opened('b');
  delimiterOf('--b\r\n');
  expect([multiparts.hasOddBoundary, multiparts.hasLoneCr]).toEqual([false, false]);
  delimiterOf('--b\r\r\n');
  expect(multiparts.hasLoneCr).toBe(true);
});
