// Programs that hand their mail to sendmail, with the script of docs/cli.md in its place. What cron gives was taken down
// from Debian's cron; the others are the programs themselves, where this machine has them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { commandLine, outcomeOf, start } from '../support/cli-process';
import { temporaryFolder } from '../support/temporary-folder';

jest.setTimeout(60_000);

const page = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8');
const MAILBOX = 'server@contoso.com';
const OPS = 'ops@contoso.com';

/** The first snippet of the page that has this in it. */
function snippet(what: string): string {
  const found = [...page.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code = '']) => code);
  return found.find((code) => code.includes(what)) ?? '';
}

const folder = temporaryFolder();
let sandbox: RunningSandbox;
let sendmail: string;
beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: [MAILBOX] });
  const settings = Object.entries(sandbox.env).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder(), 'graph-mail.env'), settings.join(''));
  writeFileSync(join(folder(), 'aliases'), `root: ${OPS}\n`);
  const script = snippet('exec nodemailer-graph-transport').replaceAll('/etc/', `${folder()}/`);
  expect(script).toContain('--force-from');
  sendmail = join(folder(), 'sendmail');
  writeFileSync(sendmail, script, { mode: 0o755 });
  mkdirSync(join(folder(), 'bin'));
  const command = commandLine().map((word) => `'${word}'`);
  writeFileSync(
    join(folder(), 'bin/nodemailer-graph-transport'),
    `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`,
    { mode: 0o755 },
  );
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

function run(program: string, args: string[], stdin = '') {
  const env = { ...process.env, HOME: folder(), PATH: `${join(folder(), 'bin')}:${process.env.PATH}` };
  const child = start(program, args, { cwd: folder(), env });
  child.stdin?.on('error', () => undefined).end(stdin);
  return outcomeOf(child);
}

/** What cron calls sendmail with, and what it writes. */
const cron = (from: string, to: string) => ({
  args: ['-FCronDaemon', '-i', '-B8BITMIME', '-oem', to],
  stdin: `From: ${from}
To: ${to}
Subject: Cron <root@web01> backup
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
X-Cron-Env: <SHELL=/bin/sh>
X-Cron-Env: <HOME=/root>
X-Cron-Env: <PATH=/usr/bin:/bin>
X-Cron-Env: <LOGNAME=root>

Größe
`,
});

const PHP_MAIL = `exit(mail('ann@example.com', 'Hello', "One\\n.\\nTwo\\n", "From: Blog <wordpress@site.example>\\r\\nX-A: b") ? 0 : 1);`;
const PATCH = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Ann <ann@site.example>
Date: Wed, 25 Nov 2026 10:00:00 +0000
Subject: [PATCH] Mend it

---
 a | 1 +
`;

interface Try {
  who: string;
  program: string;
  send(): ReturnType<typeof run>;
  recipient: string;
  from: string;
  replyTo?: string;
  text: string;
}

const TRIES: Try[] = [
  {
    who: 'cron without MAILTO and MAILFROM',
    program: 'sh',
    send: () => {
      const { args, stdin } = cron('root (Cron Daemon)', 'root');
      return run(sendmail, args, stdin);
    },
    recipient: OPS,
    from: 'CronDaemon',
    text: 'Größe',
  },
  {
    who: 'cron of a user without an alias',
    program: 'sh',
    send: () => {
      const { args, stdin } = cron('root (Cron Daemon)', 'www-data');
      return run(sendmail, args, stdin);
    },
    recipient: OPS,
    from: 'CronDaemon',
    text: 'Größe',
  },
  {
    who: 'cron with MAILTO and MAILFROM',
    program: 'sh',
    send: () => {
      const { args, stdin } = cron(MAILBOX, 'ann@example.com');
      return run(sendmail, args, stdin);
    },
    recipient: 'ann@example.com',
    from: 'CronDaemon',
    text: 'Größe',
  },
  {
    who: 'PHP, with a From of its own',
    program: 'php',
    send: () => run('php', ['-d', `sendmail_path=${sendmail} -t -i`, '-r', PHP_MAIL]),
    recipient: 'ann@example.com',
    from: 'Blog',
    replyTo: 'wordpress@site.example',
    text: 'One\n.\nTwo',
  },
  {
    who: 's-nail',
    program: 's-nail',
    send: () =>
      run('s-nail', ['-:/', `-Smta=${sendmail}`, '-Ssendwait', '-s', 'Hello', 'ann@example.com'], 'One\n'),
    recipient: 'ann@example.com',
    from: '',
    text: 'One',
  },
  {
    who: 's-nail, to root',
    program: 's-nail',
    send: () => run('s-nail', ['-:/', `-Smta=${sendmail}`, '-Ssendwait', '-s', 'Hello', 'root'], 'One\n'),
    recipient: OPS,
    from: '',
    text: 'One',
  },
  {
    who: 'git send-email',
    program: 'git',
    send: () => {
      writeFileSync(join(folder(), '0001.patch'), PATCH);
      const config = ['-c', `sendemail.smtpServer=${sendmail}`, '-c', `sendemail.from=${MAILBOX}`];
      return run('git', [
        ...config,
        'send-email',
        '--confirm=never',
        '--suppress-cc=all',
        '--to=list@example.com',
        '0001.patch',
      ]);
    },
    recipient: 'list@example.com',
    from: '',
    text: 'From: Ann <ann@site.example>',
  },
];

/** Whether this machine has a program. */
function isHere(program: string): boolean {
  const [command = '', ...args] =
    program === 'git' ? ['git', 'send-email', '--dump-aliases'] : [program, '-v'];
  return program === 'sh' || spawnSync(command, program === 's-nail' ? ['-V'] : args).status === 0;
}

test.each(TRIES.filter(({ program }) => isHere(program)))('takes the mail of $who', async (tried) => {
  expect(await tried.send()).toMatchObject({ exitCode: 0 });
  expect(sandbox.messages).toHaveLength(1);
  const [message] = sandbox.messages;
  const recipients = [...(message?.to ?? []), ...(message?.bcc ?? [])].map(({ address }) => address);
  expect(recipients).toEqual([tried.recipient]);
  expect(message?.from.address).toBe(MAILBOX);
  if (tried.from) expect(message?.from.name).toBe(tried.from);
  expect(message?.replyTo.map(({ address }) => address)).toEqual(tried.replyTo ? [tried.replyTo] : []);
  expect(message?.body.content.replace(/\r/g, '')).toContain(tried.text);
});

test.each(TRIES.filter(({ program }) => isHere(program)))(
  'tells $who that its mail was refused',
  async ({ send }) => {
    sandbox.failNext('send-mail', { kind: 'answer', status: 403, code: 'ErrorAccessDenied' });
    const { exitCode } = await send();
    expect(exitCode).toBeGreaterThan(0);
    expect(sandbox.messages).toEqual([]);
  },
);
