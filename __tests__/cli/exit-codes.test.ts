// The command in a process of its own: what Node itself does with its arguments, and with the end of a process, is
// seen nowhere else. With BUILT_COMMAND it is the built one that is tried.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { outcomeOf, startCli } from '../support/cli-process';

jest.setTimeout(60_000);

let sandbox: RunningSandbox;
let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'graph-exit-'));
  sandbox = await startSandbox();
});
afterEach(() => sandbox.clear());
afterAll(async () => {
  await sandbox.close();
  rmSync(cwd, { recursive: true });
});

async function run(
  args: string[],
  { env = {}, stdin = '' }: { env?: NodeJS.ProcessEnv; stdin?: string } = {},
) {
  const child = startCli(args, { cwd, env: { PATH: process.env.PATH, ...sandbox.env, ...env } });
  child.stdin?.on('error', () => undefined).end(stdin);
  return outcomeOf(child);
}

const message = ['send', '--to', 'ann@example.com', '--text', 'Hello'];
const app = (code: string) => ['sandbox', '--port', '0', '--', process.execPath, '-e', code];

test.each<[number, string, string[], Parameters<typeof run>[1]?]>([
  [0, 'a message that was accepted', message],
  [
    0,
    'a message in the place of sendmail',
    ['send', '-t', '-i'],
    { stdin: 'To: ann@example.com\n\nHello\n' },
  ],
  [0, 'nothing that is wrong', ['verify']],
  [64, 'a call that makes no sense', ['send', '--frob']],
  [64, 'no command', []],
  [64, 'the flag of a mail server', ['send', '-q']],
  [65, 'no message', ['send', '-t']],
  [66, 'a file that is not there', [...message, '--attach', 'no.pdf']],
  [66, 'a folder for a file', [...message, '--attach', '.']],
  [67, 'a mailbox that there is not', message, { env: { GRAPH_USER_ID: 'no@contoso.example' } }],
  [67, 'a recipient of this machine', ['send', 'root'], { stdin: 'Hello\n' }],
  [77, 'a secret that is wrong', message, { env: { AZURE_CLIENT_SECRET: 'wrong' } }],
  [
    75,
    'an Entra that does not answer',
    [...message, '--attempts', '1'],
    { env: { AZURE_AUTHORITY_HOST: 'http://127.0.0.1:1' } },
  ],
  [78, 'a file of settings that is not there', ['verify', '--config', 'no.env']],
  [78, 'the same by its short name', ['verify', '-c', 'no.env']],
  [78, 'settings that are missing', ['verify'], { env: { AZURE_CLIENT_SECRET: '' } }],
  [5, 'an app that ends so', app('process.exit(5)')],
  [126, 'an app that is no program', ['sandbox', '--port', '0', '--', './no-program']],
  [127, 'an app that there is not', ['sandbox', '--port', '0', '--', 'no-such-program']],
  [128 + constants.signals.SIGKILL, 'an app that is killed', app('process.kill(process.pid, "SIGKILL")')],
  [128 + constants.signals.SIGTERM, 'an app that is ended', app('process.kill(process.pid, "SIGTERM")')],
])('ends in %i given %s', async (exitCode, _what, args, ...[given]) => {
  writeFileSync(join(cwd, 'no-program'), 'text', { mode: 0o600 });
  const outcome = await run(args, given);
  expect({ ...outcome, exitCode: outcome.exitCode }).toMatchObject({ exitCode, signal: null });
});

test('ends in 69 when the message may have been sent', async () => {
  sandbox.failNext('send-mail', { kind: 'reset', when: 'after' });
  expect(await run(message)).toMatchObject({ exitCode: 69 });
});

test('ends in 70, with a message, when something is wrong in the program itself', async () => {
  writeFileSync(
    join(cwd, 'break.cjs'),
    "require('node:util').parseArgs = () => { throw new Error('broken'); };",
  );
  const env = { NODE_OPTIONS: `--require ${join(cwd, 'break.cjs')}` };
  expect(await run(message, { env })).toMatchObject({
    exitCode: 70,
    stderr: expect.stringMatching(/broken/),
  });
});

test('obeys no NODE_OPTIONS of the file of settings', async () => {
  const settings = Object.entries({ ...sandbox.env, NODE_OPTIONS: '--require ./no-such-module.cjs' });
  writeFileSync(join(cwd, 'mail.env'), settings.map(([name, value]) => `${name}=${value}\n`).join(''));
  const child = startCli(['verify', '--config', 'mail.env'], { cwd, env: { PATH: process.env.PATH } });
  expect(await outcomeOf(child)).toMatchObject({ exitCode: 0, stderr: '' });
});

test('takes the old name of --config, where Node lets it through', async () => {
  const settings = Object.entries(sandbox.env).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(cwd, 'old.env'), settings.join(''));
  const child = startCli(['verify', '--env-file', 'old.env'], { cwd, env: { PATH: process.env.PATH } });
  expect(await outcomeOf(child)).toMatchObject({ exitCode: 0 });
});

test('ends in 0 when the message was sent and the reader of stdout has gone', async () => {
  const child = startCli(message, { cwd, env: { PATH: process.env.PATH, ...sandbox.env } });
  child.stdout?.destroy();
  const { exitCode, stderr } = await outcomeOf(Object.assign(child, { stdout: null }));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(sandbox.messages).toHaveLength(1);
});

describe('an Entra that takes the connection and never answers', () => {
  let silent: Server;
  const env = () => ({ AZURE_AUTHORITY_HOST: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
  beforeAll(async () => {
    silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterAll(() => silent.close());

  test('holds the command for its timeout, and no longer', async () => {
    const began = Date.now();
    const { exitCode, stderr } = await run([...message, '--timeout', '1s'], { env: env() });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(stderr).toMatch(/longer than its timeout, 1000 ms/);
    expect(exitCode).toBe(75);
  });
});

test.each([
  ['a timeout', ['--timeout', '300ms'], undefined, /no message within the timeout, 300 ms/],
  ['a signal', [], 'SIGTERM', /ended before it had a message/],
] as const)('%s ends a command that waits for a message', async (_what, flags, signal, why) => {
  const child = startCli(['send', '-t', ...flags], { cwd, env: { PATH: process.env.PATH, ...sandbox.env } });
  child.stdin?.on('error', () => undefined).write('To: ann@example.com\n');
  if (signal) {
    // It listens for signals from its first lines on; until then the signal would end it by itself.
    const timer = setInterval(() => child.kill(signal), 2000);
    child.once('close', () => clearInterval(timer));
  }
  expect(await outcomeOf(child)).toMatchObject({ exitCode: 75, stderr: expect.stringMatching(why) });
  expect(sandbox.messages).toEqual([]);
});
