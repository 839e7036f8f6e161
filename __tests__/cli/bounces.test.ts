import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';

let sandbox: RunningSandbox;
let messageId = '';
beforeAll(async () => {
  sandbox = await startSandbox();
  const transport = graphTransport(sandbox.options);
  const transporter = nodemailer.createTransport(transport);
  ({ messageId } = await transporter.sendMail({ to: 'full@bounce.test', subject: 'Hello', text: 'Hello' }));
  await transport.close();
});
afterAll(() => sandbox.close());

const run = (...args: string[]) => runCli(['bounces', ...args], { env: { ...sandbox.env } });

test('prints each bounce, and the token for the next run', async () => {
  const { stdout, stderr, exitCode } = await run();
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const [line, said, token = ''] = stdout.trimEnd().split('\n');
  expect(line).toMatch(/^[\d-]{10}T[\d:]{8}Z {2}soft {6}5\.2\.2 {3}full@bounce\.test {2}</);
  expect(line).toContain(messageId);
  expect(said).toMatch(/^ {4}The mailbox is full\./);
  const again = await run('--since', token.replace(/^token: /, ''));
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^token: \S+\n$/) });
});

test('prints one line of JSON with --json', async () => {
  const { stdout, exitCode } = await run('--json', '--since', '2020-01-01');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    bounces: [{ kind: 'soft', status: '5.2.2', recipient: 'full@bounce.test', messageId }],
    token: expect.any(String),
  });
});

test.each([
  ['wrong usage', ['--since', 'yesterday'], 64],
  ['wrong options', ['--since', 'bounces1.x'], 78],
])('refuses a wrong --since as %s', async (_, args, exitCode) => {
  expect(await run(...args)).toMatchObject({ exitCode, stderr: expect.stringMatching(/since/) });
});

test('a missing permission is 77, and is named', async () => {
  const strict = await startSandbox({ roles: ['Mail.Send'] });
  const { exitCode, stdout } = await runCli(['bounces', '--json'], { env: { ...strict.env } });
  await strict.close();
  expect(exitCode).toBe(77);
  expect(JSON.parse(stdout).error.hint).toMatch(/Mail\.Read/);
});
