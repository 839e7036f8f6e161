import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSandbox } from '../../src/sandbox';
import { PAGES } from '../support/pages';
import { temporaryFolder } from '../support/temporary-folder';

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

/** The files of a section, by the rows of its table. */
function filesOf(section: string): string[] {
  const [, rest = ''] = page.split(`## ${section}\n`);
  const [table = ''] = rest.split('\n## ');
  return [...table.matchAll(/`(src\/[^`]+\.ts)`/g)].map(([, file = '']) => file);
}

const folder = temporaryFolder();

/** Sends a small message whose first request fails, and one with a large attachment. */
const SENDING = `
  const { graphTransport } = require('./src/index.ts');
  const transporter = require('nodemailer').createTransport(
    graphTransport({ ...JSON.parse(process.argv[1]), userId: async () => 'app@contoso.example', retry: { maxDelay: 1 } }),
  );
  const message = { from: 'app@contoso.example', to: 'ann@example.com', subject: 'Hello', text: 'Hello' };
  const large = { filename: 'plan.bin', content: Buffer.alloc(4_000_000, 'plan') };
  transporter.sendMail(message).then(() => transporter.sendMail({ ...message, attachments: [large] }));
`;

test('a message goes through every file of the ten steps', async () => {
  const sandbox = await startSandbox();
  const coverage = folder();
  try {
    sandbox.failNext('send-mail', { kind: 'answer', status: 429, retryAfter: 0 });
    await promisify(execFile)(
      process.execPath,
      ['--require', './__tests__/support/typescript.cjs', '--eval', SENDING, JSON.stringify(sandbox.options)],
      { cwd: root, env: { PATH: process.env.PATH, NODE_V8_COVERAGE: coverage } },
    );
    expect(sandbox.messages).toHaveLength(2);
  } finally {
    await sandbox.close();
  }
  const ran = readdirSync(coverage).flatMap((name) => filesRun(readFileSync(join(coverage, name), 'utf8')));
  const steps = filesOf('The way of one message');
  expect(steps.length).toBeGreaterThanOrEqual(15);
  expect(steps.filter((file) => !ran.includes(file))).toEqual([]);
});

interface Script {
  url: string;
  functions: { functionName: string; ranges: { count: number }[] }[];
}

/** The files of which a function with a name was called. */
function filesRun(coverage: string): string[] {
  const { result }: { result: Script[] } = JSON.parse(coverage);
  return result
    .filter(({ functions }) => functions.some((one) => one.functionName && (one.ranges[0]?.count ?? 0) > 0))
    .flatMap(({ url }) => (url.startsWith('file:') ? [relative(root, fileURLToPath(url))] : []));
}

test.each(filesOf("What relies on other packages' insides"))(
  '%s says at its top which test tells when that changes',
  (file) => {
    const [top = ''] = readFileSync(join(root, file), 'utf8').split(/^(?!\/\/)/m);
    const named = [...top.matchAll(/[\w/-]+\.test\.ts/g)].map(([name]) => name.replace('__tests__/', ''));
    const tests = readdirSync(join(root, '__tests__'), { recursive: true, encoding: 'utf8' });
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !tests.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([]);
  },
);
