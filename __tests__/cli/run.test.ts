import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, exitCodeOf } from '../../src/cli/exit-code';
import { GraphTransportError, type GraphTransportErrorCode, type Outcome } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';
import { startConnectProxy } from '../support/connect-proxy';
import { TLS } from '../support/tls';
import { startTlsSandbox } from '../support/tls-sandbox';

const { version }: { version: string } = require('../../package.json');

test('tells its version and its help before the transport is loaded', () => {
  const [typescript, run] = ['../support/typescript.cjs', '../../src/cli/run.ts'].map((name) =>
    join(__dirname, name),
  );
  const script = `
    require(${JSON.stringify(run)}).run(['--help'], { stdout: { write() {} } }).then(() => {
      console.log(JSON.stringify(Object.keys(require.cache)));
    })`;
  const printed = execFileSync(process.execPath, ['--require', `${typescript}`, '-e', script], {
    encoding: 'utf8',
  });
  const loaded: string[] = JSON.parse(printed);
  expect(loaded).toContain(run);
  expect(loaded.filter((name) => /node_modules|transport\.ts/.test(name) && !name.includes('@swc'))).toEqual(
    [],
  );
});

test('tells its version', async () => {
  expect(await runCli(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([[['--help']], [['-h']]])('tells with %j what commands there are', async (args) => {
  const { exitCode, stdout } = await runCli(args);
  expect(exitCode).toBe(0);
  for (const command of ['verify', 'send', 'sandbox', 'demo', 'prove'])
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test.each([
  ['verify', ['--user-id', '-c, --config', '--json']],
  ['send', ['--to', '--attach', '-t, --read-recipients', '--delivery', '--user-id']],
  ['sandbox', ['--mailbox', '--tenant-id', '--write', '--port', '--lenient']],
  ['demo', ['--port']],
  ['prove', ['--to', '--alias', '--foreign-from', '--report', '--sandbox', '--user-id', '--ca']],
])('tells the flags of %s', async (command, flags) => {
  const { exitCode, stdout } = await runCli([command, '--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Usage: nodemailer-graph-transport ${command}`);
  for (const flag of flags) expect(stdout).toContain(`  ${flag}`);
});

test.each([
  [[], /A command is missing: there are verify, send, .*sandbox, demo, prove/],
  [['sendmail'], /There is no command "sendmail"/],
  [['vrify'], /There is no command "vrify"\. Did you mean verify\? See --help\./],
  [['sned'], /There is no command "sned"\. Did you mean send\? See --help\./],
  [['frobnicate'], /There is no command "frobnicate": there are verify, send, .*sandbox, demo, prove\. See/],
  [['constructor'], /There is no command "constructor"/],
  [['verify', '--tenat', 'x'], /Unknown option '--tenat'\. Did you mean --tenant-id\?/],
  [['sandbox', '--mailboxes=x'], /Unknown option '--mailboxes'\. Did you mean --mailbox\?/],
  [['send', '--sendr-r', 'x'], /Unknown option '--sendr-r'\. Did you mean --sender\?/],
  [['verify', '--frobnicate', 'x'], /Unknown option '--frobnicate'\./],
  [['verify', '-z'], /Unknown option '-z'\./],
  [['verify', 'x'], /Unexpected argument 'x'/],
  [['send', '--to'], /'--to <value>' argument missing/],
])('refuses %j with 64 and says why', async (args, why) => {
  const { exitCode, stdout, stderr } = await runCli(args);
  expect(exitCode).toBe(64);
  expect(stdout).toBe('');
  expect(stderr).toMatch(why);
});

test('says for programs what was wrong with the call', async () => {
  const { exitCode, stdout, stderr } = await runCli(['send', '--json']);
  expect(exitCode).toBe(64);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    exitCode: 64,
    error: { message: expect.stringMatching(/nothing to send/) },
  });
  expect(stderr).toBe('');
});

test.each<[GraphTransportErrorCode, Outcome, number]>([
  ['ECONFIG', 'refused', 78],
  ['EAUTH', 'refused', 77],
  ['EENVELOPE', 'refused', 67],
  ['EMESSAGE', 'refused', 65],
  ['ECONNECTION', 'refused', 69],
  ['EABORT', 'refused', 75],
  ['ETIMEDOUT', 'not-accepted', 75],
  ['ECONNECTION', 'not-accepted', 75],
  ['ECONNECTION', 'unknown', 69],
  ['ETIMEDOUT', 'unknown', 69],
  ['EABORT', 'unknown', 69],
])('ends with %s, %s, in exit code %i', (code, outcome, exitCode) => {
  expect(exitCodeOf(new GraphTransportError(code, 'It failed.', { outcome }))).toBe(exitCode);
});

test('docs/cli.md tells every exit code', () => {
  const [, table = ''] = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8').split(
    '| Exit code | Meaning |',
  );
  const rows = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| ([^|]+) \|/gm)].map(([, codes]) => codes);
  const told = rows.flatMap((codes = '') => [...codes.matchAll(/\d+/g)].map(Number));
  expect(told.sort((a, b) => a - b)).toEqual([...Object.values(EXIT), 126, 127, 128].sort((a, b) => a - b));
});

describe('who sends', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  const envFile = () =>
    Object.entries(sandbox.env)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join('');
  /** The mailbox that was asked for, last. */
  const mailbox = () => decodeURIComponent(sandbox.requests.at(-1)?.path.split('/')[3] ?? '');

  test('comes from the flags, else the environment, else .env', async () => {
    const files = { '.env': envFile() };
    await runCli(['verify'], { files });
    expect(mailbox()).toBe('app@contoso.example');
    await runCli(['verify'], { files, env: { GRAPH_USER_ID: 'sales@contoso.example' } });
    expect(mailbox()).toBe('sales@contoso.example');
    await runCli(['verify', '--user-id', 'ceo@contoso.example'], {
      files,
      env: { GRAPH_USER_ID: 'sales@contoso.example' },
    });
    expect(mailbox()).toBe('ceo@contoso.example');
  });

  test.each([['verify'], ['send', '--to', 'ann@example.com', '--text', 'Hello']])(
    'can be set by flag, variable or file, says %s of what is missing',
    async (...args) => {
      const env = { ...sandbox.env, AZURE_CLIENT_SECRET: undefined, GRAPH_USER_ID: '' };
      const { exitCode, stdout, stderr } = await runCli(args, { env });
      expect(exitCode).toBe(78);
      expect(stdout + stderr).toMatch(
        /clientSecret is missing \(--client-secret or AZURE_CLIENT_SECRET\); userId is missing \(--user-id or GRAPH_USER_ID\)\./,
      );
      expect(stdout + stderr).toMatch(/by flag, as an environment variable, or in a file.*--config FILE/);
      expect(stdout + stderr).not.toMatch(/tenantId|clientId/);
    },
  );

  test.each([
    ['--config', 'mail.env'],
    ['--config=mail.env'],
    ['-c', 'mail.env'],
    ['--env-file', 'mail.env'],
  ])('comes from the file that is named by %s, and from no other', async (...flags) => {
    const files = { '.env': 'GRAPH_USER_ID=ceo@contoso.example\n', 'mail.env': envFile() };
    expect(await runCli(['verify', ...flags], { files })).toMatchObject({ exitCode: 0 });
    expect(mailbox()).toBe('app@contoso.example');
  });

  test('cannot come from a file that is not there', async () => {
    const { exitCode, stderr } = await runCli(['verify', '--config', 'mail.env']);
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/The file mail\.env cannot be read: .*ENOENT/);
  });

  test('does without a .env that is no file', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'graph-env-'));
    mkdirSync(join(cwd, '.env'));
    const { exitCode } = await runCli(['verify'], { cwd, env: { ...sandbox.env } });
    rmSync(cwd, { recursive: true });
    expect(exitCode).toBe(0);
  });

  test('is named whole by the flags, with a warning of the secret among them', async () => {
    const { tenantId, clientId, clientSecret, userId, authorityHost, graphEndpoint } = sandbox.options;
    const { exitCode, stdout, stderr } = await runCli([
      ...[
        'verify',
        '--json',
        '--tenant-id',
        tenantId,
        '--client-id',
        clientId,
        '--client-secret',
        clientSecret,
      ],
      ...['--user-id', userId, '--authority-host', authorityHost, '--graph-endpoint', graphEndpoint],
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(stderr).toMatch(/client secret on the command line can be seen by others/);
    expect(stderr).not.toContain(clientSecret);
  });

  test('may go through a proxy that the flags name, and trust the certificate in a file', async () => {
    const behind = await startTlsSandbox();
    const proxy = await startConnectProxy();
    const { exitCode } = await runCli(['verify', '--proxy', proxy.url, '--ca', 'ca.pem'], {
      env: { ...behind.env },
      files: { 'ca.pem': TLS.ca },
    });
    await proxy.close();
    await behind.close();
    expect(exitCode).toBe(0);
    expect(proxy.tunnels).toEqual(
      expect.arrayContaining([
        `login.sandbox.example:${behind.port}`,
        `graph.sandbox.example:${behind.port}`,
      ]),
    );
  });

  test('is warned of the password of a proxy among the flags', async () => {
    const { stderr } = await runCli(['verify', '--proxy', 'http://me:p4ss@127.0.0.1:1'], {
      env: { ...sandbox.env },
    });
    expect(stderr).toMatch(/password of a proxy on the command line can be seen by others/);
    expect(stderr).not.toContain('p4ss');
  });

  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['a cloud that there is not', ['--cloud', 'moon'], {}, 78, /no cloud "moon": there are global, usgov/],
    ['endpoints of two clouds', [], { GRAPH_CLOUD: 'china' }, 78, /cloud is china, but graphEndpoint/],
    ['a proxy that is none', ['--proxy', 'socks5://x'], {}, 78, /proxy must begin with http:/],
    ['certificates that are not there', ['--ca', 'no.pem'], {}, 66, /The file no\.pem cannot be read/],
    ['certificates that are none', ['--ca', '.env'], {}, 78, /tls\.ca must be one or more certificates/],
  ])('cannot be %s', async (_what, flags, added, exitCode, why) => {
    const graph = 'GRAPH_ENDPOINT=https://graph.microsoft.us\n';
    const outcome = await runCli(['verify', ...flags], { files: { '.env': envFile() + graph }, env: added });
    expect(outcome.stdout + outcome.stderr).toMatch(why);
    expect(outcome.exitCode).toBe(exitCode);
  });

  test.each(['AZURE_AUTHORITY_HOST', 'GRAPH_ENDPOINT'] as const)(
    'is not sent to the %s of a .env that just lies there',
    async (name) => {
      const { [name]: origin, ...env } = sandbox.env;
      const files = { '.env': `${name}=${origin}\n` };
      const { exitCode, stderr } = await runCli(['verify'], { files, env });
      expect(exitCode).toBe(78);
      expect(stderr).toMatch(
        new RegExp(`\\.env sets ${name}, but the client secret is not from there.*--config \\.env`),
      );
      expect(sandbox.requests).toEqual([]);
      expect(await runCli(['verify', '--config', '.env'], { files, env })).toMatchObject({ exitCode: 0 });
    },
  );
});
