import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { anchors, headings, links, tableHeads, withoutFences } from '../support/markdown';
import { PAGES } from '../support/pages';

const root = join(__dirname, '../..');

/** Every page that has links: those of the package, and those that only the repository has. */
const LINKED: ReadonlyMap<string, string> = new Map([
  ...PAGES,
  ['CHANGELOG.md', readFileSync(join(root, 'CHANGELOG.md'), 'utf8')],
  ...readdirSync(join(root, '.github'))
    .filter((name) => name.endsWith('.md'))
    .map((name): [string, string] => [`.github/${name}`, readFileSync(join(root, '.github', name), 'utf8')]),
]);

/** Whether a link of a page leads to a file of this repository, and to a heading in it if it names one. */
function leadsSomewhere(page: string, to: string): boolean {
  const [file = '', anchor] = decodeURI(to).split('#');
  const target = file === '' ? page : relative(root, resolve(root, dirname(page), file));
  if (target.startsWith('..') || !existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  return target.endsWith('.md') && anchors(readFileSync(join(root, target), 'utf8')).includes(anchor);
}

test.each([...LINKED])('every link of %s leads to a file and a heading that are there', (page, text) => {
  const broken = links(text)
    .filter(({ to }) => !/^(?:https|mailto):/.test(to))
    .filter(({ to }) => !leadsSomewhere(page, to));
  expect(broken).toEqual([]);
});

test('all pages are looked at, and their links are found', () => {
  expect([...LINKED.keys()]).toEqual(
    expect.arrayContaining(['README.md', 'docs/options.md', '.github/SECURITY.md']),
  );
  expect([...LINKED].flatMap(([, text]) => links(text)).length).toBeGreaterThan(30);
});

test.each([
  ['docs/options.md', '#the-result', true],
  ['docs/options.md', '#no-such-heading', false],
  ['docs/options.md', 'errors.md#troubleshooting', true],
  ['docs/options.md', 'errors.md#the-result', false],
  ['docs/options.md', 'docs/errors.md', false],
  ['docs/options.md', '/docs/errors.md', false],
  ['docs/options.md', '../package.json#scripts', false],
  ['docs/options.md', '../../elsewhere.md', false],
  ['README.md', 'docs/errors.md', true],
])('on %s, whether %s leads somewhere is %s', (page, to, leads) => {
  expect(leadsSomewhere(page, to)).toBe(leads);
});

test('anchors are those that GitHub makes', () => {
  const text = [
    '# verify()',
    '## `--config` and _From_, once more',
    '## What is tried again, and what never',
    '### Auth.js',
    '## [Errors](errors.md) & limits ##',
    '```sh',
    '# a comment',
    '```',
    '## verify()',
    '## Größe',
  ].join('\n');
  expect(anchors(text)).toEqual([
    'verify',
    '--config-and-_from_-once-more',
    'what-is-tried-again-and-what-never',
    'authjs',
    'errors--limits',
    'verify-1',
    'größe',
  ]);
});

test('links are found in text, in pictures, by reference and in HTML, but not in code', () => {
  const text = [
    '[![a](one.png)](two.md#b) and [c](<three.md> "d")',
    '[e]: four.md',
    '<img alt="" src="five.svg">',
    '`[f](not.md)`',
    '```md',
    '[g](not.md)',
    '```',
  ].join('\n');
  expect(links(text).map(({ to }) => to)).toEqual(['one.png', 'two.md#b', 'three.md', 'four.md', 'five.svg']);
});

test.each([...PAGES])('%s begins with its only title, and a paragraph that answers', (_page, text) => {
  const [title = '', blank, answer = ''] = text.split('\n');
  expect(title).toMatch(/^# \S/);
  expect(blank).toBe('');
  expect(answer).toMatch(/^(?:\*\*|`|\[|[A-Z]).*[.!?:)*]$/);
  const titles = headings(text).filter(({ level }) => level === 1);
  expect(titles).toHaveLength(1);
  expect(withoutFences(text)).not.toMatch(/<h1|^\S.*\n=+$/m);
});

test('no table stands twice: no two have the same heads', () => {
  const all = [...PAGES].flatMap(([page, text]) => tableHeads(text).map((head) => ({ page, head })));
  const twice = all.filter(({ head }) => all.filter((other) => other.head === head).length > 1);
  expect(twice).toEqual([]);
  expect(all.length).toBeGreaterThan(15);
});

test('README.md names every page of docs/', () => {
  const readme = PAGES.get('README.md') ?? '';
  expect([...PAGES.keys()].filter((page) => page !== 'README.md' && !readme.includes(page))).toEqual([]);
});
