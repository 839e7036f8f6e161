// The commands of docs/cli.md, as a shell runs them. clients/sendmail.test.ts has those that stand in for sendmail.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { appFolder } from '../support/app-folder';
import { outcomeOf, printed, start } from '../support/cli-process';
import { PAGES } from '../support/pages';

jest.setTimeout(60_000);

const page = PAGES.get('docs/cli.md') ?? '';
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, code = '']) => code.split('\n'))
  .filter((line) => /\bnpx nodemailer-graph-transport\b/.test(line));

/** The one command that has this in it, run by the shell itself: what ends the shell ends the command. */
function shell(what: string, env: NodeJS.ProcessEnv = {}) {
  const found = commands.filter((command) => command.includes(what));
  expect(found).toHaveLength(1);
  const [command = ''] = found;
  // Any port: what the page leaves at 4250 may meet another sandbox of this machine there.
  const free = command.replace(/ sandbox (?=--write)/, ' sandbox --port 0 ');
  const line = command.includes(' | ') ? free : `exec ${free}`;
  return start('sh', ['-c', line], { cwd: app.path(), env: { ...app.env(), ...env } });
}

const app = appFolder();
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  app.write({
    'app.js': 'console.log(process.env.GRAPH_USER_ID);\n',
    'invoice.pdf': '%PDF-1.7',
    'message.eml': 'To: ann@example.com\nSubject: Whole\n\nHello Ann\n',
    '.env.local': 'OF_THE_APP=1\n',
  });
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

test.each([
  ['--attach', 'Your invoice'],
  ['message.eml', 'Whole'],
  ['printf', 'Hello'],
])('the command with %s sends', async (what, subject) => {
  expect(await outcomeOf(shell(what, { ...sandbox.env }))).toMatchObject({ exitCode: 0 });
  expect(sandbox.messages).toMatchObject([{ subject, to: [{ address: 'ann@example.com' }] }]);
});

test('an app that the sandbox starts has its settings', async () => {
  const { stdout, exitCode } = await outcomeOf(shell('-- node app.js'));
  expect({ stdout, exitCode }).toEqual({ stdout: 'orders@contoso.com\n', exitCode: 0 });
});

test('a file has the variables of the sandbox, and keeps what is in it', async () => {
  const running = shell('--write');
  await printed(running, /Ctrl-C/);
  const variables = parseEnv(readFileSync(join(app.path(), '.env.local'), 'utf8'));
  running.kill('SIGINT');
  expect(await outcomeOf(running)).toMatchObject({ exitCode: 0 });
  expect(variables).toMatchObject({ OF_THE_APP: '1', GRAPH_USER_ID: 'app@contoso.example' });
});

test('verify prints what the page shows of it', async () => {
  const [, shown = ''] = /^```console\n\$ npx .* --client-secret (?:\w+)\n(.*?)^```$/ms.exec(page) ?? [];
  const [, line = ''] = /^\$ (npx .*)$/m.exec(page) ?? [];
  app.write({
    '.env.local': Object.entries(sandbox.env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  });
  const { stdout, stderr } = await outcomeOf(
    start('sh', ['-c', `exec ${line}`], { cwd: app.path(), env: app.env() }),
  );
  const told = `${stderr}${stdout}`.replaceAll(sandbox.url, 'http://127.0.0.1:4250');
  for (const words of shown.trimEnd().split('\n')) expect(told).toContain(words.replace(/ …$/, ''));
});

test('the demo shows its mails until it is interrupted', async () => {
  const running = shell(' demo');
  await printed(running, /Ctrl-C ends the demo/);
  running.kill('SIGINT');
  expect(await outcomeOf(running)).toMatchObject({ exitCode: 0 });
});
