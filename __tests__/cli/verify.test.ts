import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ roles: ['Mail.Send'] });
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

const verify = (env: Record<string, string> = {}, ...flags: string[]) =>
  runCli(['verify', ...flags], { env: { ...sandbox.env, ...env } });

test('prints what is well and what may be wrong, and ends in 0', async () => {
  const { exitCode, stdout, stderr } = await verify();
  expect(stdout).toBe(
    [
      '✓ the options',
      '✓ Entra answers',
      '✓ Entra knows the tenant',
      '✓ the app is in the tenant',
      '✓ the client secret is good',
      '✓ the token is one of the app itself',
      '✓ the token shows Mail.Send',
      '! the token shows Mail.ReadWrite, for large messages and exactly-once delivery',
      '    The token does not show the application permission Mail.ReadWrite, which messages over about 3 MB need.',
      "    With Exchange's RBAC for Applications that is as it should be, since its rights are in no token. Otherwise give the app registration Mail.ReadWrite as an application permission and grant admin consent, or have large messages refused early: maxMessageSize 3000000.",
      '✓ Graph answers and takes the token',
      '✓ there is a mailbox in Exchange Online',
      '✓ the app may send from the mailbox',
      '',
      'A message could be sent. None was.',
      '',
    ].join('\n'),
  );
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(sandbox.messages).toEqual([]);
});

test.each([
  ['an option', { AZURE_TENANT_ID: 'common' }, 78, /✗ the options\n {4}.*names no single tenant/],
  [
    'the secret',
    { AZURE_CLIENT_SECRET: 'wrong' },
    77,
    /✓ the app.*\n✗ the client secret is good\n {4}.*AADSTS7000215/,
  ],
  [
    'the mailbox',
    { GRAPH_USER_ID: 'no@contoso.example' },
    67,
    /✗ there is a mailbox.*\n {4}.*an alias does not do/,
  ],
  [
    'the way to Entra',
    { AZURE_AUTHORITY_HOST: 'http://127.0.0.1:1' },
    75,
    /✗ Entra answers\n {4}.*DNS, firewall/,
  ],
])('prints what to do about %s, and what was not looked at', async (_what, env, exitCode, line) => {
  const outcome = await verify(env);
  expect(outcome.stdout).toMatch(line);
  expect(outcome.stdout).toMatch(/^· the app may send from the mailbox$/m);
  expect(outcome.stdout).toMatch(/A message could not be sent\.\n$/);
  expect(outcome.exitCode).toBe(exitCode);
});

test('prints the list for programs', async () => {
  const { exitCode, stdout } = await verify({ AZURE_CLIENT_SECRET: 'wrong' }, '--json');
  expect(exitCode).toBe(77);
  const error = expect.objectContaining({
    code: 'EAUTH',
    graphCode: 'AADSTS7000215',
    message: expect.any(String),
  });
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    exitCode: 77,
    error,
    checks: [
      { name: 'entra', ok: true },
      { name: 'tenant', ok: true },
      { name: 'app', ok: true },
      {
        name: 'secret',
        ok: false,
        hint: expect.any(String),
        error,
      },
    ],
  });
});

test('prints wrong options for programs', async () => {
  const { exitCode, stdout } = await runCli(['verify', '--json']);
  expect(exitCode).toBe(78);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, checks: [], error: { code: 'ECONFIG' } });
});

test('logs each request with --debug, and no secret', async () => {
  const { stderr } = await verify({}, '--debug');
  expect(stderr).toMatch(/debug: POST .*\/sendMail: 400/);
  expect(stderr).not.toContain(sandbox.options.clientSecret);
  expect(stderr).not.toContain('eyJ');
});

test('is ended by a signal', async () => {
  const end = new AbortController();
  sandbox.failWith(({ request }) => {
    if (request !== 'send-mail') return undefined;
    end.abort();
    return { kind: 'silence' };
  });
  const { exitCode, stdout } = await runCli(['verify'], { env: { ...sandbox.env }, signal: end.signal });
  expect(exitCode).toBe(75);
  expect(stdout).toMatch(/The check was aborted/);
});
