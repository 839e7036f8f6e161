import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';

let sandbox: RunningSandbox;
let messageId = '';
beforeAll(async () => {
  sandbox = await startSandbox({ roles: ['Mail.Send', 'ExchangeMessageTrace.Read.All'] });
  const transport = graphTransport(sandbox.options);
  const transporter = nodemailer.createTransport(transport);
  ({ messageId } = await transporter.sendMail({
    to: 'full@bounce.test',
    subject: 'Hi\u0007',
    text: 'Hello',
  }));
  await transport.close();
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => runCli(['trace', ...args], { env: { ...sandbox.env } });

test('prints a line for each recipient, and with --details one for each step', async () => {
  const { stdout, stderr, exitCode } = await run(messageId, '--details');
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const [line, first, second] = stdout.trimEnd().split('\n');
  expect(line).toMatch(/^[\d-]{10}T[\d:]{8}Z {2}failed {9}full@bounce\.test {2}Hi\??$/);
  expect(first).toMatch(/^ {4}\S+Z {2}Receive {2}/);
  expect(second).toMatch(/^ {4}\S+Z {2}Fail {2}554 5\.2\.2 mailbox full/);
});

test('prints one line of JSON with --json', async () => {
  const { stdout, exitCode } = await run(
    '--json',
    messageId,
    '--since',
    new Date(Date.now() - 60_000).toISOString(),
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    traces: [{ recipient: 'full@bounce.test', status: 'failed' }],
  });
});

test('says that there is no trace yet', async () => {
  expect(await run('<other@contoso.example>')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/no trace of this message yet/),
  });
});

test.each([
  ['no Message-ID', [], 64],
  ['two Message-IDs', ['<a@b.example>', '<c@d.example>'], 64],
  ['a --since that is no date', ['<a@b.example>', '--since', 'yesterday'], 64],
  ['a --since that is too long ago', ['<a@b.example>', '--since', '2001-01-01'], 78],
  ['what is no Message-ID', ['a b'], 65],
])('refuses %s', async (_, args, exitCode) => {
  expect(await run(...args)).toMatchObject({ exitCode });
});

test('a missing permission is 77, and is named', async () => {
  const strict = await startSandbox({ roles: ['Mail.Send'] });
  const { exitCode, stdout } = await runCli(['trace', '<a@b.example>', '--json'], { env: { ...strict.env } });
  await strict.close();
  expect(exitCode).toBe(77);
  expect(JSON.parse(stdout).error.hint).toMatch(/ExchangeMessageTrace\.Read\.All/);
});
