import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from '../support/pages';

const src = join(__dirname, '../../src');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(src, file), 'utf8'))
  .join('\n');

test.each([...PAGES])('%s names only variables that the code reads', (_path, text) => {
  const named = [...text.matchAll(/\b(?:AZURE|GRAPH|LIVE)_[A-Z_]+\b/g)].map(([name]) => name);
  const unread = named.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources));
  expect(unread).toEqual([]);
});
