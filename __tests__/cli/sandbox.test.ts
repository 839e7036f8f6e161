import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type CliOutcome, runCli } from '../support/cli-io';

/** A sandbox that a command has started, what it printed, and its end. */
async function startByCommand(...flags: string[]) {
  const end = new AbortController();
  let printed = '';
  let ended: Promise<CliOutcome> | undefined;
  const url = await new Promise<string>((resolve, reject) => {
    ended = runCli(['sandbox', '--port', '0', ...flags], {
      signal: end.signal,
      onStdout: (text) => {
        printed += text;
      },
      onStderr: (text) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
        if (found) resolve(found);
      },
    });
    ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const stop = async () => {
    end.abort();
    if (!ended) throw new Error('it never ran');
    return ended;
  };
  return { url, env: parseEnv(printed), stop };
}

/** A token of the app that the variables are of, and where it sends. */
async function signIn(env: NodeJS.Dict<string>) {
  const answer = await fetch(`${env.AZURE_AUTHORITY_HOST}/${env.AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: env.AZURE_CLIENT_ID ?? '',
      client_secret: env.AZURE_CLIENT_SECRET ?? '',
      scope: `${env.GRAPH_ENDPOINT}/.default`,
    }),
  });
  const { access_token: accessToken } = await answer.json();
  return { accessToken, sendMailUrl: `${env.GRAPH_ENDPOINT}/v1.0/users/${env.GRAPH_USER_ID}/sendMail` };
}

test('prints the variables with which an app sends, as a .env file, and runs until it is ended', async () => {
  const { url, env, stop } = await startByCommand();
  const { exitCode } = await runCli(['send', '--to', 'ann@example.com', '--text', 'Hello'], { env });
  expect(exitCode).toBe(0);
  expect(env).toMatchObject({ GRAPH_USER_ID: 'app@contoso.example', GRAPH_ENDPOINT: url });
  expect(await stop()).toMatchObject({ exitCode: 0 });
  await expect(fetch(url)).rejects.toThrow();
});

test('says where to see what it was sent', async () => {
  const { url, env, stop } = await startByCommand();
  await runCli(['send', '--to', 'ann@example.com', '--subject', 'Seen', '--text', 'Hello'], { env });
  const page = await (await fetch(`${url}/inbox`)).text();
  const { stderr } = await stop();
  expect(stderr).toContain(`What it is sent is at ${url}/inbox`);
  expect(page).toContain('Seen');
});

test('keeps what it was sent in a folder, and begins with it', async () => {
  const store = mkdtempSync(join(tmpdir(), 'graph-store-'));
  const first = await startByCommand('--store', store);
  await runCli(['send', '--to', 'ann@example.com', '--subject', 'Kept', '--text', 'Hello'], {
    env: first.env,
  });
  await first.stop();
  const kept = readdirSync(store).filter((name) => name.endsWith('.eml'));
  expect(kept).toHaveLength(1);
  expect(readFileSync(join(store, kept[0] ?? ''), 'utf8')).toMatch(/^Subject: Kept\r?$/m);
  const second = await startByCommand('--store', store);
  const page = await (await fetch(`${second.url}/inbox`)).text();
  await second.stop();
  rmSync(store, { recursive: true });
  expect(page).toContain('Kept');
});

test('prints them as JSON', async () => {
  const { url, stop } = await startByCommand('--json');
  const { stdout } = await stop();
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    url,
    inboxUrl: `${url}/inbox`,
    env: { GRAPH_ENDPOINT: url },
  });
});

test.each([
  ['--strict', 413],
  ['--lenient', 202],
])('takes with %s a request of four times 2^20 bytes: %i', async (flag, status) => {
  const { env, stop } = await startByCommand(flag);
  const { accessToken, sendMailUrl } = await signIn(env);
  const message = { toRecipients: [{ emailAddress: { address: 'ann@example.com' } }], body: { content: '' } };
  message.body.content = 'x'.repeat(4 * 2 ** 20 - JSON.stringify({ message }).length);
  const answer = await fetch(sendMailUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  });
  await stop();
  expect(answer.status).toBe(status);
});

test.each([
  [['--strict', '--lenient'], 64, /either --strict or --lenient/],
  [['--port', '70000'], 64, /--port takes a number up to 65535/],
  [['--port', 'x'], 64, /--port takes a number/],
  [['--host', '0.0.0.0'], 64, /say with --allowed-host by which name/],
  [['--host', ''], 64, /--host takes an address/],
  [['--allowed-host', 'sandbox:4250'], 64, /--allowed-host takes a host name without a port/],
  [['--allowed-host', '*'], 64, /--allowed-host takes a host name/],
  [['--webhook', 'https://hooks.example/'], 64, /hooks\.example\/ is on another machine/],
  [['--webhook', 'nonsense'], 64, /--webhook: Expected `webhook` to be a URL/],
  [['--allow-remote-webhook'], 64, /--allow-remote-webhook goes with --webhook/],
  [['--host', '203.0.113.1', '--allowed-host', 'sandbox'], 69, /cannot listen on 203\.0\.113\.1/],
])('refuses %j', async (args, exitCode, why) => {
  const outcome = await runCli(['sandbox', ...args]);
  expect(outcome).toMatchObject({ exitCode, stderr: expect.stringMatching(why) });
});

test('listens for containers by the names that it is given, prints the first one, and warns', async () => {
  const hosts = ['--allowed-host', 'sandbox', '--allowed-host', 'mail.internal'];
  const { url, env, stop } = await startByCommand('--host', '0.0.0.0', ...hosts);
  const { stderr } = await stop();
  const { port } = new URL(url);
  expect(stderr).toMatch(/^WARNING: The sandbox listens on 0\.0\.0\.0, where other machines may reach it\./);
  expect(stderr).toContain(
    `plays Entra and Graph at http://sandbox:${port}. What it is sent is at ${url}/inbox`,
  );
  expect(env).toMatchObject({
    GRAPH_ENDPOINT: `http://sandbox:${port}`,
    AZURE_AUTHORITY_HOST: `http://sandbox:${port}`,
    GRAPH_INSECURE_SANDBOX: 'true',
  });
});

test('does not warn on this machine', async () => {
  const { stop } = await startByCommand();
  expect((await stop()).stderr).not.toContain('WARNING');
});

test('says that its port is taken', async () => {
  const { url, stop } = await startByCommand();
  const outcome = await runCli(['sandbox', '--port', new URL(url).port]);
  await stop();
  expect(outcome).toMatchObject({
    exitCode: 69,
    stderr: expect.stringMatching(/port \d+ of 127\.0\.0\.1 is taken/),
  });
});

test('--webhook posts each message to a URL', async () => {
  const bodies: string[] = [];
  const receiver = createServer(async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.end();
    receiver.emit('posted');
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const address = receiver.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { env, stop } = await startByCommand('--webhook', `http://127.0.0.1:${port}/`);
  const posted = once(receiver, 'posted');
  await runCli(['send', '--to', 'ann@example.com', '--subject', 'Posted', '--text', 'Hello'], { env });
  await posted;
  await stop();
  receiver.close();
  receiver.closeAllConnections();
  expect(JSON.parse(bodies.join(''))).toMatchObject({ subject: 'Posted' });
});
