import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILTER_NAMES } from '../../src/sandbox/find/message-filter';
import { API_ROUTES } from '../../src/sandbox/inbox/api/routes';
import { PAGES } from '../support/pages';

const page = PAGES.get('docs/http-api.md') ?? '';
const blocks = [...page.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```$/gms)];

test.each(['playwright.config.js', 'sign-up.spec.js'])(
  '%s is that of the example, which the browser test runs',
  (name) => {
    const example = readFileSync(join(__dirname, '../examples/playwright', name), 'utf8');
    expect(blocks.find(([, file]) => file === name)?.[2]).toBe(example);
  },
);

test('the table has every route, in its own words', () => {
  const rows = [...page.matchAll(/^\| `([A-Z]+ \/\S*)` \| (.*) \|$/gm)].map(([, route, words]) => [
    route,
    words,
  ]);
  expect(rows.slice(0, -1)).toEqual(
    API_ROUTES.map(({ method, path, summary }) => [`${method.toUpperCase()} ${path}`, summary]),
  );
  expect(rows.at(-1)?.[0]).toBe('GET /openapi.json');
});

test('both pages have every filter', () => {
  const [, listed = ''] = /names and the meaning .*?: (.*?)\. A header/.exec(page) ?? [];
  expect([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual([...FILTER_NAMES]);
  const [, table = ''] =
    /\| Filter \| What it matches \|\n.*?\n(.*?)\n\n/s.exec(PAGES.get('docs/testing.md') ?? '') ?? [];
  const told = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
  expect(told.map(([, name]) => name).sort()).toEqual([...FILTER_NAMES].sort());
});

test('the example for Cypress asks for what the API has', () => {
  const code = blocks.find(([, file]) => file === 'sign-up.cy.js')?.[2] ?? '';
  const paths = [...code.matchAll(/\$\{mail\}(\/[\w/]+)/g)].map(([, path]) => path);
  expect(paths).toEqual(['/messages', '/messages/wait']);
  for (const path of paths) expect(API_ROUTES.map((route) => route.path)).toContain(path);
  expect(code).toContain('body.links[0]');
});
