import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEEN } from './seen';

const sources = readdirSync(__dirname)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(__dirname, file), 'utf8'))
  .join('\n');

test.each(Object.entries(SEEN))('row %s has tests and says where it was seen', (row, { sources: places }) => {
  expect(sources).toMatch(
    new RegExp(String.raw`^seen\(${row}, \(\) => \{\n(?:(?!^\}\);)[^])*?^ {2}test`, 'm'),
  );
  expect(places.length).toBeGreaterThan(0);
});

test('the rows are numbered without a gap', () => {
  const rows = Object.keys(SEEN).map(Number);
  expect(rows).toEqual(rows.map((_, index) => index + 1));
});
