import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchors, headings, links, prose } from '../support/markdown';
import { PAGES } from '../support/pages';

const root = join(__dirname, '../..');
const readme = PAGES.get('README.md') ?? '';
const security = readFileSync(join(root, '.github/SECURITY.md'), 'utf8');
const manifest: Record<string, unknown> = require('../../package.json');

/** Pictures that are in the repository alone: of the package's megabyte this one would be a twentieth. */
const TOO_HEAVY = ['.github/inbox.png'];

/** The headings below a page's title, one level down. */
const titles = (text: string) =>
  headings(text)
    .filter(({ level }) => level === 2)
    .map((heading) => heading.text);

/** Where the links and pictures of a page lead. */
const targets = (text: string) => links(text).map(({ to }) => to);

test('the README has at most 250 lines', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(250);
});

test('the README begins with one sentence and the change', () => {
  expect(readme).toMatch(/^# nodemailer-graph-transport\n\n[^\n]+\.\n\n```diff\n(?:[+-] [^\n]+\n|\n)+```\n/);
});

test('the README goes from what it is to where to read on', () => {
  expect(titles(readme)).toEqual([
    'Status',
    'See it in a minute',
    'Your app on your laptop',
    'Production in four steps',
    'Production, development, tests',
    'Tests',
    'The usual options',
    'When it fails',
    'Limits',
    'Weight and versions',
    'Where to read on',
  ]);
});

test("the status says first that nothing was tried on Microsoft's service, and how to help", () => {
  const [, status = ''] = /^## Status\n\n(.*?)^## /ms.exec(readme) ?? [];
  expect(status).toMatch(/^\*\*Nothing in this package has been tried on Microsoft's service yet\.\*\*/);
  expect(status).toContain('npx nodemailer-graph-transport prove --to ');
  expect(status).toContain('docs/live-check.md');
});

test('the README names every page of docs/, each with the question that it answers, and no other', () => {
  const pages = [...PAGES.keys()].filter((path) => path.startsWith('docs/'));
  const listed = [...readme.matchAll(/^\| `(docs\/[^`]+)` \| ([^|]+\?)[^|]* \|$/gm)].map(([, page]) => page);
  expect([...listed].sort()).toEqual(pages.sort());
  const named = [...readme.matchAll(/(?:docs|\.github)\/[\w-]+\.\w+/g)].map(([path]) => path);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test.each([
  ['README.md', readme],
  ['SECURITY.md', security],
])('%s has no link and no picture that breaks where the repository is not known', (_, text) => {
  const here = anchors(text).map((anchor) => `#${anchor}`);
  expect(targets(text).filter((to) => !/^https:\/\//.test(to) && !here.includes(to))).toEqual([]);
  expect(prose(text)).not.toMatch(/<(?:img|a)\b/);
});

test('SECURITY.md names a heading that the README has', () => {
  const [, heading = ''] = /see "([^"]+)" in the README/.exec(security) ?? [];
  expect(titles(readme)).toContain(heading);
});

test.each([...PAGES.keys()].filter((path) => path !== 'README.md'))(
  'the links and pictures of %s lead to what the package contains',
  (page) => {
    const text = PAGES.get(page) ?? '';
    const broken = targets(text)
      .filter((to) => !/^https?:\/\//.test(to))
      .filter((to) => {
        const [path = '', anchor] = to.split('#');
        const target = path === '' ? page : normalize(join(dirname(page), path));
        const isShipped =
          target.startsWith('docs/') ||
          TOO_HEAVY.includes(target) ||
          ['README.md', 'CHANGELOG.md', 'LICENSE'].includes(target);
        if (!isShipped || !existsSync(join(root, target))) return true;
        return anchor !== undefined && !anchors(PAGES.get(target) ?? '').includes(anchor);
      });
    expect(broken).toEqual([]);
  },
);

test('package.json claims no address and no people', () => {
  const claims = ['homepage', 'bugs', 'repository', 'contributors', 'author', 'maintainers'];
  expect(claims.filter((name) => name in manifest)).toEqual([]);
});
