import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { anchorsOf, headingsOf, targetsOf, withoutCode } from '../support/markdown';
import { PAGES } from '../support/pages';

const root = join(__dirname, '../..');

/** Every page that people read, by path from the root. */
const ALL = new Map([
  ...PAGES,
  ...readdirSync(join(root, '.github'))
    .filter((name) => name.endsWith('.md'))
    .map((name): [string, string] => [`.github/${name}`, readFileSync(join(root, '.github', name), 'utf8')]),
]);

/** What is wrong with a link from a page, or nothing. */
function fault(from: string, target: string, pages: ReadonlyMap<string, string> = ALL): string | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(target)) return undefined;
  if (target.startsWith('/')) return 'does not begin at the page';
  const [path = '', anchor] = target.split('#').map(decodeURIComponent);
  const to = path === '' ? from : posix.normalize(posix.join(dirname(from), path));
  if (to.startsWith('..')) return 'leaves the repository';
  const page = pages.get(to);
  if (page === undefined && !existsSync(join(root, to))) return `there is no ${to}`;
  if (anchor === undefined) return undefined;
  if (page === undefined) return `${to} is no page with headings`;
  return anchorsOf(page).includes(anchor) ? undefined : `${to} has no heading #${anchor}`;
}

test.each([...ALL])('every link and anchor in %s leads somewhere', (from, page) => {
  const faults = targetsOf(page).flatMap(({ line, target }) => {
    const problem = fault(from, target);
    return problem === undefined ? [] : [`${from}:${line}: ${target}: ${problem}`];
  });
  expect(faults).toEqual([]);
});

test('there are links to follow: from page to page, to headings, and to pictures', () => {
  const targets = [...ALL.values()].flatMap((page) => targetsOf(page).map(({ target }) => target));
  expect(targets).toContainEqual(expect.stringMatching(/^[\w/-]+\.md$/));
  expect(targets).toContainEqual(expect.stringMatching(/^[\w/-]+\.md#[\w-]+$/));
  expect(targets).toContainEqual(expect.stringMatching(/\.svg$/));
});

test.each([
  ['# Delivery', ['delivery']],
  ['## 2. Limit the app to its mailbox', ['2-limit-the-app-to-its-mailbox']],
  ['## `verify()`, and more\n## Auth.js', ['verify-and-more', 'authjs']],
  ['## See [the table](x.md#y)', ['see-the-table']],
  ["## What's `tls_ca` — a file?", ['whats-tls_ca--a-file']],
  ['## Größe', ['größe']],
  ['## Same\n## Same\n### Same', ['same', 'same-1', 'same-2']],
  ['```sh\n# a comment\n```\n## Heading ##', ['heading']],
  ['<a id="here"></a>\n# There', ['there', 'here']],
])('the anchors of %j are those of GitHub', (page, anchors) => {
  expect(anchorsOf(page)).toEqual(anchors);
});

test.each([
  ['[a](b.md)', ['b.md']],
  ['[`a`](b.md#c "title") and ![picture](d.svg)', ['b.md#c', 'd.svg']],
  ['[![picture](d.svg)](b.md)', ['d.svg', 'b.md']],
  ['[a][b]\n\n[b]: c.md#d', ['c.md#d']],
  ['<a href="b.md"><img src="d.svg" alt=""></a>', ['b.md', 'd.svg']],
  ['`[a](b.md)`\n\n```md\n[a](b.md)\n```\n\n   ```md\n   [a](b.md)\n   ```', []],
])('the links of %j are found', (page, targets) => {
  expect(targetsOf(page).map(({ target }) => target)).toEqual(targets);
});

test.each([
  ['other.md', undefined],
  ['other.md#a-heading', undefined],
  ['#here', undefined],
  ['../package.json', undefined],
  ['https://learn.microsoft.com/graph', undefined],
  ['other.md#another', 'docs/other.md has no heading #another'],
  ['#there', 'docs/page.md has no heading #there'],
  ['OTHER.md', 'there is no docs/OTHER.md'],
  ['../package.json#files', 'package.json is no page with headings'],
  ['../../other.md', 'leaves the repository'],
  ['/docs/other.md', 'does not begin at the page'],
])('of a link to %s a page is told: %s', (target, problem) => {
  const pages = new Map([
    ['docs/page.md', '# Here'],
    ['docs/other.md', '# A heading'],
  ]);
  expect(fault('docs/page.md', target, pages)).toBe(problem);
});

test.each([...PAGES])('%s has one title and begins with its answer, in prose', (_name, page) => {
  expect(headingsOf(page).filter(({ level }) => level === 1)).toHaveLength(1);
  // No heading, list, table, quote, picture, code block or HTML.
  expect(page).toMatch(/^# \S.*\n\n(?!#|[-*+] |\d+\. |\||>|!\[|```|<)(?:\S.*\n)*\S.*[.!?:]\n(?:\n|$)/);
  // The other way to write a title, which `#` does not show.
  expect(withoutCode(page)).not.toMatch(/^\S.*\n=+ *$/m);
});

test('every page of docs/ can be reached from README.md', () => {
  const reached = new Set(['README.md']);
  for (const from of reached) {
    for (const { target } of targetsOf(ALL.get(from) ?? '')) {
      const to = posix.normalize(posix.join(dirname(from), target.split('#')[0] ?? ''));
      if (PAGES.has(to)) reached.add(to);
    }
  }
  expect([...PAGES.keys()].filter((path) => !reached.has(path))).toEqual([]);
});
