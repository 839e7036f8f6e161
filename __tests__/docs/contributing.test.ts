import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from '../support/pages';

const root = join(__dirname, '../..');
const page = PAGES.get('docs/contributing.md') ?? '';
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);

test('every path that the page names is there', () => {
  const tops = readdirSync(root);
  const paths = code
    .flatMap((text) => text.split(' '))
    .filter((word) => word.includes('/') || tops.includes(word) || /\.(?:md|[cm]?[jt]s)$/.test(word));
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every folder of the sources has its line', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of folders) expect(page).toContain(`| \`src/${name}\` |`);
});

test('every script that the page names is in package.json, and the other way round', () => {
  const named = code.flatMap((text) => /\bnpm run ([\w:-]+)/.exec(text)?.[1] ?? []);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const proving = Object.keys(scripts).filter((name) =>
    /^(?:test:|bench|check$|licences|sbom|docs)/.test(name),
  );
  expect(proving.filter((name) => !named.includes(name))).toEqual([]);
});
