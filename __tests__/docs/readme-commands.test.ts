import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { outcomeOf, printed, start, startCli } from '../support/cli-process';
import { PAGES } from '../support/pages';

const readme = PAGES.get('README.md') ?? '';
const { scripts }: { scripts: Record<string, string> } = require('../../package.json');

const commands = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'graph-readme-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** The words of the command that begins so, without the name of the package. */
function words(beginning: string): string[] {
  const [command, ...others] = commands.filter((text) => text.startsWith(`npx ${beginning}`));
  if (command === undefined || others.length > 0) throw new Error(`not one command begins with ${beginning}`);
  return command.split(' ').slice(2);
}

/** The sandbox's own port may be taken on this machine. */
const onAnyPort = ([name = '', ...flags]: string[]) => [name, '--port', '0', ...flags];

const APP = 'console.log(process.env.GRAPH_USER_ID, process.env.AZURE_TENANT_ID);\n';

test('the README has these commands, each of which is run here, by the proof with the package, or by CI', () => {
  expect(commands.map((command) => command.replace(/^npx nodemailer-graph-transport /, ''))).toEqual([
    expect.stringMatching(/^prove /),
    'demo',
    'npm install nodemailer nodemailer-graph-transport',
    expect.stringMatching(/^sandbox .* -- node app\.js$/),
    expect.stringMatching(/^sandbox .* --write \.env\.local$/),
    'node --env-file=.env.local app.js',
  ]);
});

test('the demo prints the inbox that the README draws', async () => {
  const child = startCli(words('nodemailer-graph-transport demo'));
  const [inboxUrl = ''] = /http:\S+\/inbox/.exec(await printed(child, /Ctrl-C/)) ?? [];
  const page = await (await fetch(inboxUrl)).text();
  const [, picture = ''] = /^```text\n(.*?)^```$/ms.exec(readme) ?? [];
  const cells = picture
    .split('\n')
    .flatMap((line) => line.split('|').map((cell) => cell.trim().replace(/ +/g, ' ')))
    .filter((cell) => cell !== '');
  expect(cells.length).toBeGreaterThan(12);
  const [, id] =
    /href="(\/inbox\/messages\/[^"?]+)[^"]*"[^>]*>(?:(?!href=).)*Ihre Rechnung/s.exec(page) ?? [];
  const message = await (await fetch(new URL(id ?? '', inboxUrl))).text();
  const shown = message
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\d+ files?,/g, '')
    .replace(/\s+/g, ' ');
  child.kill('SIGINT');
  expect(await outcomeOf(child)).toMatchObject({ exitCode: 0 });
  expect(cells.filter((cell) => !shown.includes(cell))).toEqual([]);
});

test('the app that is started through the sandbox has its variables, for its own mailbox', async () => {
  writeFileSync(join(cwd, 'app.js'), APP);
  writeFileSync(join(cwd, '.env'), 'GRAPH_USER_ID=real@contoso.com\n');
  const child = startCli(
    onAnyPort(words('nodemailer-graph-transport sandbox --mailbox orders@contoso.com -- ')),
    {
      cwd,
    },
  );
  const { stdout, stderr, exitCode } = await outcomeOf(child);
  expect(stdout).toMatch(/^orders@contoso\.com \S+\n$/);
  expect(stderr).toMatch(/http:\S+\/inbox/);
  expect(exitCode).toBe(0);
  expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe('GRAPH_USER_ID=real@contoso.com\n');
});

test('the sandbox writes its variables where the next command reads them, and keeps the other lines', async () => {
  writeFileSync(join(cwd, 'app.js'), APP);
  writeFileSync(join(cwd, '.env.local'), 'MINE=kept\n');
  const sandbox = startCli(
    onAnyPort(words('nodemailer-graph-transport sandbox --mailbox orders@contoso.com --write')),
    { cwd },
  );
  await printed(sandbox, /Its variables are in/);
  const env = parseEnv(readFileSync(join(cwd, '.env.local'), 'utf8'));
  const [, ...node] = commands.find((command) => command.startsWith('node '))?.split(' ') ?? [];
  const app = await outcomeOf(start(process.execPath, node, { cwd, env: {} }));
  expect(app.stdout).toBe(`${env.GRAPH_USER_ID} ${env.AZURE_TENANT_ID}\n`);
  expect(env).toMatchObject({ MINE: 'kept', GRAPH_USER_ID: 'orders@contoso.com' });
  sandbox.kill('SIGINT');
  await outcomeOf(sandbox);
});

test('prove takes the flags that the README gives it, and wants the settings of a tenant', async () => {
  const child = startCli(words('nodemailer-graph-transport prove'), {
    cwd,
    env: { PATH: process.env.PATH },
  });
  const { stderr, exitCode } = await outcomeOf(child);
  expect(stderr).toContain('tenantId is missing');
  expect(exitCode).toBe(78);
});

test('verify, without settings, says which are missing', async () => {
  const [, command = ''] = /`npx nodemailer-graph-transport (verify)`/.exec(readme) ?? [];
  const { stdout, exitCode } = await outcomeOf(startCli([command], { cwd, env: { PATH: process.env.PATH } }));
  expect(stdout).toContain('tenantId is missing');
  expect(exitCode).toBe(78);
});

test('CI runs the command of the clone, and the proof with the package', () => {
  const ci = readFileSync(join(__dirname, '../../.ci/run'), 'utf8');
  const [, clone = ''] = /In a clone, begin with `([^`]+)`/.exec(readme) ?? [];
  for (const command of [...clone.split(' && '), 'npm run check:first-mail']) {
    expect(ci.split('\n')).toContain(command);
  }
  expect(scripts['check:first-mail']).toContain('__tests__/package/first-mail.mjs');
});
