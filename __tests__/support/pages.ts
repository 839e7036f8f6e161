import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** What people read about the package: README.md and docs/, by path from the root. */
export const PAGES: ReadonlyMap<string, string> = new Map(
  ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
    .filter((path) => path.endsWith('.md'))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
);

/** All of it, for what may stand on any page. */
export const ALL_PAGES = [...PAGES.values()].join('\n');

/** The rows of the table under these column heads, cell by cell. */
export function tableOf(page: string, ...heads: string[]): string[][] {
  const [before = '', rest = ''] = page.split(`\n| ${heads.join(' | ')} |\n`);
  if (before === '' || rest === '') throw new Error(`There is no table of ${heads.join(', ')}.`);
  const lines = rest.split('\n').slice(1);
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
