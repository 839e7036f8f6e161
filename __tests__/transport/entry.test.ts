import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The names that a file of `src` exports. */
function exported(file: string): string[] {
  const source = readFileSync(join(__dirname, '../../src', file), 'utf8');
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].map(([, names = '']) => names);
  const declared = [...source.matchAll(/^export function (\w+)/gm)].map(([, name = '']) => name);
  return [...lists.join(',').matchAll(/\w+(?=\s*(?:,|$))/g)]
    .map(([name]) => name)
    .concat(declared)
    .sort();
}

test('the package has the same names for import as for require', () => {
  expect(exported('index.ts')).toContain('graphTransport');
  expect(exported('index.mts')).toEqual(exported('index.ts'));
});
