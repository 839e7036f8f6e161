import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLOUD_NAMES, CLOUDS } from '../src/clouds';
import { HEADER_CARRIERS } from '../src/message/headers';
import { resolveOptions } from '../src/resolve-options';
import { ENTRA_CODES, GRAPH_CODES } from '../src/service-codes';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

/** The rows of the table under these column heads. */
function table(...heads: string[]): string[][] {
  const lines = readme.split('\n');
  const head = lines.indexOf(`| ${heads.join(' | ')} |`);
  expect(head).toBeGreaterThan(0);
  const rows = lines.slice(head + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('the table of headers says what the code does', () => {
  const told = new Map(
    table('Header', 'JSON route').flatMap(([names = '', carrier = '']) =>
      names.split(', ').map((name) => [name.toLowerCase(), carrier]),
    ),
  );
  for (const [header, carrier] of HEADER_CARRIERS) {
    const words = {
      property: 'property' in carrier ? `\`${carrier.property}\`` : '',
      'extended-property': 'id' in carrier ? `MAPI property \`${carrier.id}\`` : '',
      structure: 'not needed',
      exchange: 'set by Exchange',
    }[carrier.by];
    expect([header, told.get(header)]).toEqual([header, expect.stringContaining(words)]);
  }
  const others = ['`x-…`', 'up to five', 'any other'];
  expect([...told.keys()].filter((name) => !HEADER_CARRIERS.has(name))).toEqual(others);
});

test('the table of options has them all, and no other', () => {
  const listed = table('Option', 'Environment', 'Default', 'Meaning').map(([name]) => name);
  let known = '';
  try {
    resolveOptions(JSON.parse('{ "unheard-of": 1 }'), {});
  } catch (error) {
    known = /there are ([^)]+)/.exec(String(error))?.[1] ?? '';
  }
  expect([...listed].sort()).toEqual(
    known
      .split(', ')
      .map((name) => `\`${name}\``)
      .sort(),
  );
});

test('every reason for the MIME route is in the table of routes', () => {
  const source = readFileSync(join(__dirname, '../src/message/json-losses.ts'), 'utf8');
  const [, union = ''] = /export type LossReason =([^;]+);/.exec(source) ?? [];
  const reasons = [...union.matchAll(/'([^']+)'/g)].map(([, reason]) => `\`${reason}\``);
  const told = table('`routeReason` begins with', 'What JSON cannot carry').flatMap(([names = '']) =>
    names.split(', '),
  );
  expect([...told].sort()).toEqual(reasons.sort());
});

test.each([
  ['Code of Graph or Exchange', GRAPH_CODES],
  ["Entra's code", ENTRA_CODES],
])('the troubleshooting table "%s" says row by row what the errors say', (head, rows) => {
  const again = { 'not-accepted': 'yes', unknown: 'no, it may have gone out', refused: 'no' };
  expect(table(head, '`code`', 'Sent again', 'What to do', "Microsoft's page")).toEqual(
    rows.map(({ codes, code, outcome, hint, link }) => [
      codes.map((name) => `\`${name}\``).join(', '),
      `\`${code}\``,
      again[outcome],
      hint,
      `[${link.split('/').at(-1)}](${link})`,
    ]),
  );
});

test('the table of clouds has the endpoints of the code', () => {
  expect(table('`cloud`', 'Serves', 'Graph', 'Entra')).toEqual(
    CLOUD_NAMES.map((name) => {
      const { serves, graphEndpoint, authorityHosts } = CLOUDS[name];
      const authorities = authorityHosts.map((host) => `\`${host}\``).join(' or ');
      return [`\`${name}\``, serves, `\`${graphEndpoint}\``, authorities];
    }),
  );
});

test.each(['queue.mjs', 'worker.mjs'])('the recipe for many workers is the %s that is tried', (file) => {
  const tried = readFileSync(join(__dirname, 'queue/recipe', file), 'utf8');
  expect(readme).toContain(`\`\`\`js\n${tried}\`\`\`\n`);
});
