import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';
import { outcomeOf, printed, startCli } from '../support/cli-process';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'graph-app-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** A sandbox with an app that is a script, and the flags of the sandbox. */
const start = (script: string, flags: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  startCli(['sandbox', '--port', '0', ...flags, '--', process.execPath, '-e', script], {
    cwd,
    env: { ...process.env, ...env },
  });

/** Asks for a token and sends a mail, as any client of Graph does. */
const SEND = `
  const { env } = process;
  (async () => {
    const { access_token } = await (await fetch(env.AZURE_AUTHORITY_HOST + '/' + env.AZURE_TENANT_ID + '/oauth2/v2.0/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: env.AZURE_CLIENT_ID,
        client_secret: env.AZURE_CLIENT_SECRET,
        scope: env.GRAPH_ENDPOINT + '/.default',
      }),
    })).json();
    const from = { emailAddress: { address: 'orders@contoso.com' } };
    const toRecipients = [{ emailAddress: { address: 'ann@example.com' } }];
    const answer = await fetch(env.GRAPH_ENDPOINT + '/v1.0/users/' + env.GRAPH_USER_ID + '/sendMail', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + access_token, 'content-type': 'application/json' },
      body: JSON.stringify({ message: { from, toRecipients } }),
    });
    console.log(answer.status);
  })();
`;

describe('sandbox -- app', () => {
  test('starts the app with the variables, keeps stdout for it, and ends with it', async () => {
    const { stdout, stderr, exitCode } = await outcomeOf(start(SEND, ['--mailbox', 'orders@contoso.com']));
    expect(stdout).toBe('202\n');
    expect(stderr).toMatch(
      /^The sandbox plays Entra and Graph at http:\/\/127\.0\.0\.1:\d+\..*\/inbox\. It ends with .*node\.$/m,
    );
    expect(stderr).toContain('The sandbox took 1 message.');
    expect(exitCode).toBe(0);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr)?.[0] ?? '';
    await expect(fetch(url)).rejects.toThrow();
  });

  test('ends with the exit code of the app', async () => {
    expect(await outcomeOf(start('process.exit(3)'))).toMatchObject({ exitCode: 3, signal: null });
  });

  test('ends as in a shell, given an app that a signal has ended', async () => {
    expect(await outcomeOf(start("process.kill(process.pid, 'SIGKILL')"))).toMatchObject({ exitCode: 137 });
  });

  test('gives stdin to the app', async () => {
    const child = start("process.stdin.on('data', (data) => process.stdout.write('got ' + data))");
    child.stdin?.end('a mail');
    expect((await outcomeOf(child)).stdout).toBe('got a mail');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'passes %s on to the app each time, and waits for its end',
    async (name) => {
      const child = start(`
        let count = 0;
        process.on('${name}', () => {
          count += 1;
          console.log('got ' + count);
          if (count === 2) process.exit(7);
        });
        setInterval(() => {}, 1000);
        console.log('ready');
      `);
      await printed(child, /ready/);
      child.kill(name);
      await printed(child, /got 1/);
      child.kill(name);
      expect(await outcomeOf(child)).toMatchObject({ exitCode: 7, stdout: expect.stringContaining('got 2') });
    },
  );

  test('leaves no app behind that the signal has ended', async () => {
    const child = start("console.log('pid', process.pid); setInterval(() => {}, 1000)");
    const [, pid] = /pid (\d+)/.exec(await printed(child, /pid \d+\n/)) ?? [];
    child.kill('SIGTERM');
    expect(await outcomeOf(child)).toMatchObject({ exitCode: 143 });
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });

  test('has its variables before those of the environment, and takes away the cloud', async () => {
    const script =
      'console.log(JSON.stringify([process.env.GRAPH_USER_ID, process.env.GRAPH_CLOUD, process.env.MINE]))';
    const env = { GRAPH_USER_ID: 'ceo@fabrikam.com', GRAPH_CLOUD: 'china', MINE: 'x' };
    const { stdout } = await outcomeOf(start(script, [], env));
    expect(JSON.parse(stdout)).toEqual(['app@contoso.example', null, 'x']);
  });

  test('takes what stands after -- for the app alone', async () => {
    const args = [
      '--',
      process.execPath,
      '-e',
      'process.exit(process.argv.length)',
      '--',
      '--json',
      '--help',
    ];
    expect(await runCli(['sandbox', '--port', '0', ...args])).toMatchObject({ exitCode: 3 });
    const failed = await runCli(['sandbox', '--port', '0', '--', 'no-such-command', '--json']);
    expect(failed).toMatchObject({ exitCode: 127, stdout: '' });
  });

  test('goes to another port when the usual one is taken, unless a port is asked for', async () => {
    // Something else may have it already, which does as well.
    const other = await startSandbox({ port: 4250 }).catch(() => undefined);
    const args = ['--', process.execPath, '-e', 'console.log(process.env.GRAPH_ENDPOINT)'];
    const { exitCode, stdout } = await runCli(['sandbox', ...args]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:(?!4250)\d+\n$/);
    expect(await runCli(['sandbox', '--port', '4250', ...args])).toMatchObject({ exitCode: 69, stdout: '' });
    expect(await runCli(['sandbox', '--write', '.env', ...args])).toMatchObject({ exitCode: 69, stdout: '' });
    await other?.close();
  });

  test('says that the app cannot be started, and ends in 127 as a shell does', async () => {
    const { exitCode, stderr } = await outcomeOf(
      startCli(['sandbox', '--port', '0', '--', 'no-such-command'], { cwd }),
    );
    expect(stderr).toContain('Cannot start no-such-command: there is no such command.');
    expect(exitCode).toBe(127);
  });

  test('ends in 126 given a file that is no program', async () => {
    writeFileSync(join(cwd, 'data'), '');
    expect(await runCli(['sandbox', '--port', '0', '--', join(cwd, 'data')])).toMatchObject({
      exitCode: 126,
      stderr: expect.stringMatching(/Cannot start .*data: .*EACCES/),
    });
  });

  test('does not start the app when the process was to end before', async () => {
    const end = new AbortController();
    end.abort();
    const args = ['sandbox', '--port', '0', '--', process.execPath, '-e', 'console.log(1)'];
    expect(await runCli(args, { signal: end.signal })).toMatchObject({ exitCode: 130, stdout: '' });
  });

  test('wants a command after --', async () => {
    expect(await runCli(['sandbox', '--'])).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('A command is missing after --'),
    });
  });

  test('prints its JSON where the app does not print', async () => {
    const args = ['sandbox', '--port', '0', '--json', '--', process.execPath, '-e', 'console.log(1)'];
    const { stdout, stderr } = await runCli(args);
    expect(stdout).toBe('1\n');
    expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({
      ok: true,
      env: { GRAPH_USER_ID: 'app@contoso.example' },
    });
  });
});

describe('sandbox --write', () => {
  /** Runs the sandbox until it has said where it is. */
  async function writeTo(file: string, ...flags: string[]) {
    const child = startCli(['sandbox', '--port', '0', '--write', file, ...flags], { cwd });
    const output = await printed(child, /node --env-file=/);
    child.kill('SIGTERM');
    return { output, ...(await outcomeOf(child)) };
  }

  test('sets its variables in the file and keeps the rest', async () => {
    writeFileSync(join(cwd, '.env.local'), '# mine\nSECRET=x\nGRAPH_USER_ID="old"\n');
    const { output, stdout, exitCode } = await writeTo('.env.local', '--mailbox', 'orders@contoso.com');
    const text = readFileSync(join(cwd, '.env.local'), 'utf8');
    expect(text).toMatch(/^# mine\nSECRET=x\nGRAPH_USER_ID="orders@contoso\.com"\nAZURE_TENANT_ID=/);
    expect(parseEnv(text)).toMatchObject({
      SECRET: 'x',
      GRAPH_ENDPOINT: /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0],
    });
    expect(output).toContain('Its variables are in .env.local: node --env-file=.env.local app.js.');
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });

  test('does nothing to the file when the port is taken', async () => {
    await using other = await startSandbox();
    const files = { '.env.local': 'SECRET=x\n' };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
    const { port } = new URL(other.url);
    const outcome = await runCli(['sandbox', '--port', port, '--write', '.env.local'], { cwd });
    expect(outcome).toMatchObject({ exitCode: 69, stderr: expect.stringContaining('is taken') });
    expect(readFileSync(join(cwd, '.env.local'), 'utf8')).toBe('SECRET=x\n');
    await runCli(['sandbox', '--port', port, '--write', 'new'], { cwd });
    expect(existsSync(join(cwd, 'new'))).toBe(false);
  });

  test('says that it cannot write, and does not stay', async () => {
    const outcome = await runCli(['sandbox', '--port', '0', '--write', 'no/such/.env'], { cwd });
    expect(outcome).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining('Cannot write the variables'),
    });
  });

  test('writes for an app that reads the file itself', async () => {
    const script = "console.log(require('fs').readFileSync('.env.local', 'utf8'))";
    const { stdout } = await outcomeOf(start(script, ['--write', '.env.local']));
    expect(parseEnv(stdout)).toMatchObject({ GRAPH_USER_ID: 'app@contoso.example' });
  });
});

describe('the tenant of sandbox', () => {
  /** The variables that the app gets. */
  const envGiven = async (...flags: string[]): Promise<NodeJS.Dict<string>> => {
    const args = ['--', process.execPath, '-e', 'console.log(JSON.stringify(process.env))'];
    const { stdout, stderr } = await runCli(['sandbox', '--port', '0', ...flags, ...args]);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  };

  test('has the mailboxes and settings that the flags name, the first mailbox being the sender', async () => {
    const tenantId = '99999999-2222-3333-4444-555555555555';
    const flags = ['--mailbox', 'a@contoso.com', '--mailbox', 'b@contoso.com', '--tenant-id', tenantId];
    expect(await envGiven(...flags, '--client-id', 'my-app', '--client-secret', 'a#b')).toMatchObject({
      GRAPH_USER_ID: 'a@contoso.com',
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: 'my-app',
      AZURE_CLIENT_SECRET: 'a#b',
    });
  });

  test.each([
    ['--mailbox', 'orders@contoso.com'],
    ['--tenant-id', 'contoso.com'],
  ])('goes by the domain of %s %s', async (...flags) => {
    const script = SEND.replace('env.AZURE_TENANT_ID', "'contoso.com'").replace(
      /const from.*$/m,
      'const from = undefined;',
    );
    const args = ['sandbox', '--port', '0', ...flags, '--', process.execPath, '-e', script];
    expect(await runCli(args)).toMatchObject({ exitCode: 0, stdout: '202\n' });
  });

  test.each([
    [['--mailbox', 'orders'], /--mailbox takes an address such as orders@contoso\.com, not "orders"/],
    [['--tenant-id', 'not a tenant'], /--tenant-id takes a GUID or a domain/],
    [['--client-secret', ''], /--client-secret takes a text without spaces/],
    [['--client-id', 'a b'], /--client-id takes a text without spaces/],
  ])('cannot be that of %j', async (flags, why) => {
    expect(await runCli(['sandbox', ...flags])).toMatchObject({
      exitCode: 64,
      stderr: expect.stringMatching(why),
    });
  });

  test('is printed so that a file of variables can take it', async () => {
    const end = new AbortController();
    const { stdout } = await runCli(['sandbox', '--port', '0', '--client-secret', 'a#b"c'], {
      signal: end.signal,
      onStderr: () => end.abort(),
    });
    expect(parseEnv(stdout)).toMatchObject({ AZURE_CLIENT_SECRET: 'a#b"c' });
  });
});
