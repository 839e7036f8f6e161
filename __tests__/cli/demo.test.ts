import { runCli } from '../support/cli-io';
import { outcomeOf, printed, startCli } from '../support/cli-process';

const { scripts }: { scripts: Record<string, string> } = require('../../package.json');

test('the demo sends, shows what became of it, and keeps the inbox open until Ctrl-C', async () => {
  const child = startCli(['demo']);
  const output = await printed(child, /Ctrl-C ends the demo/);
  const [, inboxUrl = ''] = /The mails are in the inbox: (\S+)/.exec(output) ?? [];
  const page = await (await fetch(inboxUrl)).text();
  expect(page).toContain('Ihre Rechnung 2026-1177');
  expect(page).toContain('Order 1177: one bicycle');
  child.kill('SIGINT');
  const { exitCode } = await outcomeOf(child);
  expect(exitCode).toBe(0);
  await expect(fetch(inboxUrl)).rejects.toThrow();
});

test('shows each recipient what it got, and what an error says', async () => {
  const end = new AbortController();
  const { exitCode, stdout, stderr } = await runCli(['demo'], {
    signal: end.signal,
    onStdout: (text) => {
      if (text.includes('Ctrl-C')) end.abort();
    },
  });
  expect(stdout).toMatch(/juergen\.gross@example\.com got \(To, as Jürgen Groß\)/);
  expect(stdout).toMatch(/accounting@contoso\.example got \(Bcc\)/);
  expect(stdout).toMatch(/File {5}logo\.png \(image\/png, \d+ bytes, shown as cid:logo@contoso\.example\)/);
  expect(stdout).toMatch(/GraphTransportError: .*ErrorSendAsDenied.*This is the sandbox/);
  expect(stdout).toMatch(/hard {6}5\.1\.10 {2}hard@bounce\.test/);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('schedules two mails, lists them, cancels the first, and leaves the second in Drafts', async () => {
  const child = startCli(['demo']);
  const output = await printed(child, /Ctrl-C ends the demo/);
  const held = [
    ...output.matchAll(/^(\S+Z) {2}(<\S+>) {2}juergen\.gross@example\.com {2}(Your bicycle .*)$/gm),
  ];
  const [first, second, left] = held.map(([, sendAt = '', messageId]) => ({ sendAt, messageId }));
  expect(held).toHaveLength(3);
  expect(left).toEqual(second);
  expect(Date.parse(second?.sendAt ?? '') - Date.parse(first?.sendAt ?? '')).toBe(23 * 3_600_000);
  expect(output).toContain(`await transport.cancel('${first?.messageId}') returns:\ntrue\n`);
  const [, inboxUrl = ''] = /The mails are in the inbox: (\S+)/.exec(output) ?? [];
  const drafts = await (await fetch(`${inboxUrl}/drafts`)).text();
  expect(drafts.match(/Your bicycle is ready/g)).toHaveLength(1);
  child.kill('SIGINT');
  await outcomeOf(child);
});

test('tells its flags, and listens where it is told', async () => {
  expect((await runCli(['demo', '--help'])).stdout).toContain('Usage: nodemailer-graph-transport demo');
  expect(await runCli(['demo', '--port', 'x'])).toMatchObject({ exitCode: 64 });
});

test('is the same code in a clone', () => {
  expect(scripts.demo).toMatch(/node dist\/cli\/main\.js demo$/);
});
