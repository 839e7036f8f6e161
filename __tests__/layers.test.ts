import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const src = join(__dirname, '../src');

/** A folder of `src`, or a file of its top, may import only what stands before it. */
const RANKS = [
  'ascii-case',
  'clock',
  'late-packages',
  'errors',
  'mime',
  'message',
  'options',
  'network',
  'graph',
  'auth',
  'connect',
  'nodemailer',
  'delivery',
  'verify',
  'bounces',
  'trace',
  'transport',
  'index',
  'failover',
  'bullmq',
  'sandbox',
  'prove',
  'cli',
];

/** The same inside the sandbox. */
const SANDBOX_RANKS = [
  'clock',
  'nested-json',
  'rules',
  'settings',
  'own-hosts',
  'webhook-url',
  'http',
  'schema',
  'tenant',
  'mail',
  'mailbox',
  'faults',
  'graph',
  'entra',
  'routes',
  'dispatch',
  'resolve-settings',
  'client-options',
  'to-response',
  'find',
  'create-sandbox',
  'matchers-augmentation',
  'matchers',
  'deliver-raw',
  'request-listener',
  'lead-to-sandbox',
  'msw',
  'webhook',
  'inbox',
  'start-sandbox',
  'index',
];

const unitIn = (folder: string, file: string) =>
  (relative(folder, file).split('/')[0] ?? '').replace(/\.m?ts$/, '');
const unitOf = (file: string) => unitIn(src, file);

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.m?ts$/.test(name))
  .map((name) => join(src, name));

/** The source files that one imports: by any form of import, for types or values. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .flatMap(({ fileName }) => {
      const path = join(dirname(file), fileName.replace(/\.m?js$/, ''));
      return [`${path}.ts`, `${path}.mts`, `${path}/index.ts`].find(existsSync) ?? [];
    });
}

const imports = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));

describe.each([
  { folder: '.', ranks: RANKS },
  { folder: 'sandbox', ranks: SANDBOX_RANKS },
])('in src/$folder', ({ folder, ranks }) => {
  const root = join(src, folder);
  const isInside = (file: string) => !relative(root, file).startsWith('..');
  const rankOf = (file: string) => ranks.indexOf(unitIn(root, file));

  test('every folder has its rank', () => {
    expect(new Set(files.filter(isInside).map((file) => unitIn(root, file)))).toEqual(new Set(ranks));
  });

  test('imports point from the higher rank to the lower', () => {
    const upward = imports.filter(
      ({ from, to }) => isInside(from) && isInside(to) && rankOf(to) > rankOf(from),
    );
    expect(upward.map(({ from, to }) => `${relative(src, from)} imports ${relative(src, to)}`)).toEqual([]);
  });
});

test('the sandbox, a fake, shares no code with what it judges', () => {
  const shared = imports.filter(({ from, to }) => unitOf(from) === 'sandbox' && unitOf(to) !== 'sandbox');
  expect(shared).toEqual([]);
});

/** The folders, or files of the top, that may know a package: the others see only what these make of it. */
const PACKAGES: Record<string, string[]> = {
  mailparser: ['mime', 'sandbox'],
  libmime: ['mime'],
  undici: ['options', 'network', 'graph', 'auth', 'connect', 'prove'],
  '@azure/identity': ['options', 'auth'],
  msw: ['sandbox'],
  bullmq: ['bullmq'],
  nodemailer: [
    'index',
    'errors',
    'nodemailer',
    'delivery',
    'verify',
    'bounces',
    'trace',
    'transport',
    'failover',
    'bullmq',
    'cli',
  ],
};

/** The packages that a file imports, by whole specifier. */
const packagesOf = (file: string) =>
  ts
    .preProcessFile(readFileSync(file, 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:'));

const nameOf = (specifier: string) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

const used = files.flatMap((file) => packagesOf(file).map((specifier) => ({ file, specifier })));

test('each package is known to few folders', () => {
  const wrong = used.filter(({ file, specifier }) => {
    const known = PACKAGES[nameOf(specifier)];
    return known !== undefined && !known.includes(unitOf(file));
  });
  expect(wrong.map(({ file, specifier }) => `${relative(src, file)} imports ${specifier}`)).toEqual([]);
});

test('undici is loaded in one place, and by the names of files, which no runtime replaces', () => {
  const loading =
    /^(?:import|export) (?!type\b).*\bfrom '(undici(?:\/.*)?)';|\brequire\('(undici(?:\/.*)?)'\)/gm;
  const loads = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(loading)].map(
      ([, from, called]) => `${relative(src, file)} loads ${from ?? called}`,
    ),
  );
  expect(loads).toEqual([
    'network/undici.ts loads undici/index.js',
    'network/undici.ts loads undici/lib/dispatcher/client-h1.js',
    'network/undici.ts loads undici/lib/dispatcher/agent.js',
    'network/undici.ts loads undici/lib/api/api-request.js',
  ]);
});

test('only what package.json names is imported', () => {
  const { dependencies, peerDependencies, devDependencies } = JSON.parse(
    readFileSync(join(src, '../package.json'), 'utf8'),
  );
  const known = Object.keys({ ...dependencies, ...peerDependencies });
  const foreign = used.map(({ specifier }) => nameOf(specifier)).filter((name) => !known.includes(name));
  // Types that are erased from the declarations that apps see, and types to which the matchers are added.
  const augmented = ['expect', 'vitest'];
  expect([...new Set(foreign)].filter((name) => !augmented.includes(name))).toEqual([
    '@microsoft/microsoft-graph-types',
  ]);
  expect(devDependencies).toHaveProperty('@microsoft/microsoft-graph-types');
});
