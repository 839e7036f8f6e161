import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const run = (...args: string[]) => runCli(args, { env: { ...sandbox.env } });
const at = new Date(Date.now() + 3_600_000).toISOString();
const send = (...more: string[]) =>
  run('send', '--to', 'ann@example.com', '--subject', 'Reminder', '--text', 'At nine', ...more);

test('a message is scheduled, listed and cancelled', async () => {
  const sent = await send('--at', at);
  expect(sent).toMatchObject({ exitCode: 0, stderr: '' });
  expect(sent.stdout).toContain(`Exchange holds it until ${at}`);
  const [, messageId = ''] = /^Message-ID (.*)$/m.exec(sent.stdout) ?? [];
  await expect(run('scheduled')).resolves.toMatchObject({
    exitCode: 0,
    stdout: `${at}  ${messageId}  ann@example.com  Reminder\n`,
  });
  await expect(run('cancel', messageId)).resolves.toMatchObject({
    exitCode: 0,
    stdout: 'The message was deleted and will not be sent.\n',
  });
  expect(sandbox.drafts).toEqual([]);
  await expect(run('cancel', messageId)).resolves.toMatchObject({
    exitCode: 69,
    stdout: '',
    stderr: expect.stringContaining('There is no scheduled message with this Message-ID'),
  });
});

test('each prints one line of JSON with --json', async () => {
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);
  const sent = JSON.parse((await send('--at', at, '--json')).stdout);
  expect(sent).toMatchObject({ ok: true, route: 'draft', scheduled: true, sendAt: at });
  const { messageId } = sent;
  expect(await json('scheduled')).toEqual({
    ok: true,
    scheduled: [
      { messageId, id: expect.any(String), subject: 'Reminder', to: ['ann@example.com'], sendAt: at },
    ],
  });
  expect(await json('cancel', messageId)).toEqual({ ok: true, cancelled: true });
  expect(await json('cancel', messageId)).toMatchObject({ ok: false, cancelled: false, exitCode: 69 });
  expect(await json('scheduled')).toEqual({ ok: true, scheduled: [] });
});

test('a message is scheduled exactly once, however often it is sent', async () => {
  const once = [
    '--at',
    at,
    '--delivery',
    'exactly-once',
    '--message-id',
    '<reminder@contoso.example>',
    '--json',
  ];
  const sent = JSON.parse((await send(...once)).stdout);
  expect(sent).toMatchObject({ ok: true, scheduled: true, sendAt: at, deduplicated: false });
  const again = JSON.parse((await send(...once)).stdout);
  expect(again).toMatchObject({ ok: true, scheduled: true, sendAt: at, deduplicated: true });
  expect(sandbox.drafts).toEqual([expect.objectContaining({ sendsAt: new Date(at) })]);
  await expect(run('scheduled')).resolves.toMatchObject({
    stdout: `${at}  <reminder@contoso.example>  ann@example.com  Reminder\n`,
  });
  await expect(run('cancel', '<reminder@contoso.example>')).resolves.toMatchObject({ exitCode: 0 });
  expect(sandbox.drafts).toEqual([]);
});

test('a finished message can be scheduled, too', async () => {
  const stdin = 'To: ann@example.com\nSubject: Reminder\n\nAt nine\n';
  const sent = await runCli(['send', '-t', '--at', at], { env: { ...sandbox.env }, stdin });
  expect(sent).toMatchObject({ exitCode: 0, stdout: '' });
  expect(sandbox.drafts).toEqual([expect.objectContaining({ sendsAt: new Date(at) })]);
});

test.each(['tomorrow', '2030-01-01', '2030-13-01T00:00:00Z', ''])('--at %j is wrong usage', async (time) => {
  await expect(send('--at', time)).resolves.toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining('--at takes a time'),
  });
});

test('a time in the past is 65, and nothing is sent', async () => {
  await expect(send('--at', '2020-01-01T00:00:00Z')).resolves.toMatchObject({ exitCode: 65 });
  expect(sandbox.requests).toEqual([]);
});

test('cancel takes one Message-ID', async () => {
  await expect(run('cancel')).resolves.toMatchObject({ exitCode: 64 });
  await expect(run('cancel', '<a@b>', '<c@d>')).resolves.toMatchObject({ exitCode: 64 });
  await expect(run('cancel', 'two words')).resolves.toMatchObject({ exitCode: 65 });
});
