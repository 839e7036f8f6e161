// What a machine's mail needs of `send` in the place of sendmail: From, local users, a log.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAliases } from '../../src/cli/aliases';
import { toMilliseconds } from '../../src/cli/flag-values';
import { toLine } from '../../src/cli/mail-log';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { addresses, sendingCli } from '../support/sending-cli';
import { temporaryFolder } from '../support/temporary-folder';

const mailboxId = 'a1b2c3d4-0000-4000-8000-000000000001';
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    mailboxes: [{ id: mailboxId, userPrincipalName: 'app@contoso.example', displayName: 'App' }],
  });
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());
const folder = temporaryFolder();

const { send, sent } = sendingCli(() => sandbox);
const everybody = () => addresses([...sent().to, ...sent().cc, ...sent().bcc]);

describe('--force-from', () => {
  const mailbox = 'app@contoso.example';
  const letter = (...header: string[]) => [...header, 'To: ann@example.com', '', 'Hello', ''].join('\n');

  test.each<[string, string[], string[], string[], string]>([
    ['another address', ['From: wordpress@site.example'], [], ['wordpress@site.example'], ''],
    ['a name as well', ['From: Shop <shop@site.example>'], [], ['shop@site.example'], 'Shop'],
    [
      'a name beyond ASCII',
      ['From: =?utf-8?q?J=C3=BCrgen?= <j@site.example>'],
      [],
      ['j@site.example'],
      'Jürgen',
    ],
    ['two addresses', ['From: a@site.example, b@site.example'], [], ['a@site.example', 'b@site.example'], ''],
    ['two fields', ['From: a@site.example', 'From: b@site.example'], [], ['a@site.example'], ''],
    ['a folded field', ['From: Shop', ' <shop@site.example>'], [], ['shop@site.example'], 'Shop'],
    ['a local user', ['From: root (Cron Daemon)'], [], [], 'root'],
    ['a local user, with -F', ['From: root (Cron Daemon)'], ['-FCronDaemon'], [], 'CronDaemon'],
    ['nobody', [], ['-F', 'Cron'], [], 'Cron'],
    ['nobody, with --from', [], ['--from', 'Shop <shop@site.example>'], ['shop@site.example'], 'Shop'],
    ['the mailbox', [`From: App <${mailbox.toUpperCase()}>`], [], [], 'App'],
    ['a Reply-To', ['From: a@site.example', 'Reply-To: b@site.example'], [], ['b@site.example'], ''],
    ['an empty Reply-To', ['From: a@site.example', 'Reply-To:'], [], ['a@site.example'], ''],
    ['a Sender', ['From: a@site.example', 'Sender: other@site.example'], [], ['a@site.example'], ''],
    ['an envelope sender', ['From: a@site.example'], ['-f', 'www@site.example'], ['a@site.example'], ''],
  ])('makes the mailbox From of a message that has %s', async (_what, header, flags, replyTo, name) => {
    for (const format of ['json', 'mime']) {
      sandbox.clear();
      const outcome = await send(['-t', '-i', '--force-from', '--format', format, ...flags], {
        stdin: letter(...header),
      });
      expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(sent().from.address).toBe(mailbox);
      if (name) expect(sent().from.name).toBe(name);
      expect(addresses(sent().replyTo)).toEqual(replyTo);
      expect(JSON.stringify(sent().headers)).not.toContain('other@site.example');
    }
  });

  test('changes no other byte of a message, whatever its line ends are', async () => {
    for (const end of ['\n', '\r\n']) {
      sandbox.clear();
      const stdin = `X-A: b${end}From: a@site.example${end}To: ann@example.com${end}${end}From: c${end}`;
      await send(['-t', '-i', '--force-from'], { stdin });
      expect(sent().body.content.replace(/\r/g, '')).toBe('From: c\n');
      expect(sent().headers).toContainEqual(expect.objectContaining({ value: 'b' }));
    }
  });

  test('makes the mailbox From of a message of flags', async () => {
    const flags = ['--to', 'ann@example.com', '--text', 'x', '--from', 'Shop <shop@site.example>'];
    await send([...flags, '--force-from']);
    expect(sent().from).toEqual({ name: 'Shop', address: mailbox });
    expect(addresses(sent().replyTo)).toEqual(['shop@site.example']);
    sandbox.clear();
    await send([...flags, '--force-from', '--reply-to', 'help@site.example']);
    expect(addresses(sent().replyTo)).toEqual(['help@site.example']);
  });

  test('leaves From to Graph where the mailbox is named by its id', async () => {
    const env = { GRAPH_USER_ID: mailboxId };
    expect(await send(['-t', '--force-from'], { stdin: letter('From: a@site.example'), env })).toMatchObject({
      exitCode: 0,
    });
    expect(sent().from.address).toBe(mailbox);
  });
});

describe('a recipient without a domain', () => {
  const ALIASES = `# who reads what
root: ops@example.com, Ann <ann@example.com>  # two of them
postmaster:\troot
"www data": web@example.com
WWW-Data: web@example.com,
  # in between
  bob
bob: "Bob, B." <bob@example.com>
circle: other
other: circle
server: |/usr/bin/procmail, "|/bin/x, y", /dev/null, :include:/etc/list
half: \\half, "|/usr/bin/vacation half", half@example.com
root: ignored@example.com
`;
  const files = { aliases: ALIASES };
  const stdin = 'Subject: Hi\n\nOne\n';

  test.each([
    ['an alias', ['root'], ['ops@example.com', 'ann@example.com']],
    ['an alias in other letters', ['ROOT'], ['ops@example.com', 'ann@example.com']],
    ['an alias of an alias', ['postmaster'], ['ops@example.com', 'ann@example.com']],
    ['an alias over several lines', ['www-data'], ['web@example.com', 'bob@example.com']],
    ['an alias and an address', ['bob', 'eve@example.com'], ['bob@example.com', 'eve@example.com']],
  ])('is replaced by %s', async (_what, recipients, expected) => {
    expect(await send(['--aliases', 'aliases', ...recipients], { stdin, files })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(everybody()).toEqual(expected);
  });

  test('is replaced where a header names it', async () => {
    const message = `To: root\nCc: eve@example.com\nBcc: bob\n${stdin}`;
    expect(await send(['-t', '--aliases', 'aliases'], { stdin: message, files })).toMatchObject({
      exitCode: 0,
    });
    expect(everybody().sort()).toEqual([
      'ann@example.com',
      'bob@example.com',
      'eve@example.com',
      'ops@example.com',
    ]);
  });

  test('is replaced in a message of flags', async () => {
    const flags = ['--to', 'Eve <eve@example.com>, root', '--cc', 'bob', '--text', 'x'];
    expect(await send([...flags, '--aliases', 'aliases'], { files })).toMatchObject({ exitCode: 0 });
    expect(addresses(sent().to)).toEqual(['eve@example.com', 'ops@example.com', 'ann@example.com']);
    expect(addresses(sent().cc)).toEqual(['bob@example.com']);
    expect(sent().to[0]).toMatchObject({ name: 'Eve' });
  });

  test.each([
    ['has no alias', 'nobody', ['all@example.com']],
    ['has aliases that lead in a circle', 'circle', ['all@example.com']],
    ['has an alias for mail servers only', 'server', ['all@example.com']],
  ])('is replaced by --default-to when it %s', async (_what, name, expected) => {
    const flags = ['--aliases', 'aliases', '--default-to', 'all@example.com'];
    expect(await send([...flags, name], { stdin, files })).toMatchObject({ exitCode: 0 });
    expect(everybody()).toEqual(expected);
  });

  test('is replaced by --default-to alone, and an address is not', async () => {
    expect(
      await send(['--default-to', 'all@example.com', 'root', 'eve@example.com'], { stdin }),
    ).toMatchObject({
      exitCode: 0,
    });
    expect(everybody()).toEqual(['all@example.com', 'eve@example.com']);
  });

  test('is replaced by the default of the file before that of the flags', async () => {
    const flags = ['--aliases', 'a', '--default-to', 'all@example.com'];
    await send([...flags, 'nobody'], { stdin, files: { a: 'default: root\nroot: ops@example.com' } });
    expect(everybody()).toEqual(['ops@example.com']);
  });

  test('is told of what an alias leads to that only a mail server can do', async () => {
    const { exitCode, stderr } = await send(['--aliases', 'aliases', 'half'], { stdin, files });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^warning: mail for half goes to half@example\.com only, not to "\|\/usr\/bin\/vacation half"\.$/m,
    );
    expect(everybody()).toEqual(['half@example.com']);
  });

  test('may be at the start of a chain of any length', async () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => `n${n}: n${n + 1}\n`).join('');
    await send(['--aliases', 'a', 'n0'], { stdin, files: { a: `${chain}n20000: end@example.com\n` } });
    expect(everybody()).toEqual(['end@example.com']);
  });

  test.each<[string, string[], number, RegExp]>([
    [
      'has no alias',
      ['--aliases', 'aliases', 'nobody'],
      67,
      /no address for nobody: it has no alias in aliases/,
    ],
    ['has a name of Object', ['--aliases', 'aliases', 'constructor'], 67, /no address for constructor/],
    ['leads in a circle', ['--aliases', 'aliases', 'circle'], 67, /no address for circle/],
    ['leads to a mail server', ['--aliases', 'aliases', 'server'], 67, /leads to \|\/usr\/bin\/procmail, /],
    ['has aliases in no file', ['--aliases', 'no', 'root'], 66, /The file no cannot be read/],
    ['has aliases in a folder', ['--aliases', '.', 'root'], 66, /it is a folder/],
    [
      'has a default that is no address',
      ['--default-to', 'ops', 'root'],
      64,
      /--default-to takes an address/,
    ],
    ['has no default', ['--default-to', '', 'root'], 64, /--default-to takes an address/],
  ])('is refused when it %s', async (_what, args, exitCode, why) => {
    const outcome = await send(args, { stdin, files });
    expect(outcome.stderr).toMatch(why);
    expect(outcome.exitCode).toBe(exitCode);
    expect(sandbox.messages).toEqual([]);
  });

  test.each([
    ['root ops@example.com'],
    [': ops@example.com'],
    ['  ops@example.com'],
    ['a: b@example.com\nc'],
  ])('is not looked up in a file with the line %j', async (text) => {
    const outcome = await send(['--aliases', 'a', 'root'], { stdin, files: { a: text } });
    expect(outcome.stderr).toMatch(/Line \d of a is not an alias/);
    expect(outcome.exitCode).toBe(78);
  });

  test('is found in a file with a byte order mark and the line ends of Windows', () => {
    expect([...parseAliases('\ufeffroot: a@example.com\r\n\r\n b@example.com\r\n', 'a')]).toEqual([
      ['root', ['a@example.com', 'b@example.com']],
    ]);
  });
});

describe('--log-file', () => {
  const flags = [
    '--to',
    'ann@example.com',
    '--bcc',
    'eve@example.com',
    '--subject',
    'subject-canary',
    '--text',
    'x',
  ];

  test('has a line for a message that was sent, without its subject', async () => {
    const file = join(folder(), 'sent.log');
    await send([...flags, '--log-file', file]);
    const { internetMessageId, requestId } = sent();
    const line = readFileSync(file, 'utf8');
    expect(line).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z mailbox=app@contoso\.example from=app@contoso\.example recipients=ann@example\.com,eve@example\.com size=\d+ exitcode=0 /,
    );
    expect(line).toContain(` messageid=${internetMessageId} requestid=${requestId}\n`);
    expect(line).not.toContain('subject-canary');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('has a line for each message, and keeps what is there', async () => {
    const file = join(folder(), 'both.log');
    writeFileSync(file, 'first\n', { mode: 0o640 });
    await send(['-t', '--from', 'ceo@contoso.example', '--log-file', file], {
      stdin: 'To: ann@example.com\n\nx\n',
    });
    await send(['-t', '--log-file', file], { stdin: 'To: ann@example.com\n\nx\n' });
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines[1]).toMatch(
      / from=ceo@contoso\.example recipients=ann@example\.com exitcode=67 code=EENVELOPE graphcode=ErrorSendAsDenied .*error="/,
    );
    expect(lines[2]).toMatch(/ exitcode=0 /);
    expect(lines).toHaveLength(4);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test('has a line for a message that settings kept back', async () => {
    const file = join(folder(), 'config.log');
    await send([...flags, '--log-file', file], { env: { AZURE_CLIENT_SECRET: '' } });
    expect(readFileSync(file, 'utf8')).toMatch(/Z exitcode=78 code=ECONFIG error=".*clientSecret is missing/);
  });

  test('that cannot be written is told of, and the message sent', async () => {
    const { exitCode, stderr } = await send([...flags, '--log-file', 'no/such/folder.log']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^warning: there is no line for this message in the log no\/such\/folder\.log: .*ENOENT/,
    );
    expect(sandbox.messages).toHaveLength(1);
  });

  test('has no line that a message could make up', () => {
    const now = new Date(0);
    const entry = {
      from: 'a b@example.com\n1970 exitcode=0',
      recipients: ['"x\u2028y"@example.com'],
      exitCode: 69,
      messageId: '<a"b@example.com>',
      error: 'e'.repeat(5000),
    };
    expect(toLine(entry, now)).toBe(
      `1970-01-01T00:00:00.000Z from="a b@example.com?1970 exitcode=0" recipients="\\"x?y\\"@example.com" exitcode=69 messageid="<a\\"b@example.com>" error=${'e'.repeat(500)}\n`,
    );
  });
});

describe('--timeout and --attempts', () => {
  test.each([
    ['1500', 1500],
    ['1500ms', 1500],
    ['30s', 30_000],
    ['2m', 120_000],
  ])('take %s for %i ms', (given, ms) => {
    expect(toMilliseconds('timeout', given)).toBe(ms);
  });

  test.each([
    ...['0', '-1', '1.5', '1h', 's', '', '99999999999'].map((given) => [`--timeout=${given}`]),
    ...['0', 'x', '1.5', '-1', ''].map((given) => [`--attempts=${given}`]),
  ])('do not take %s', async (flag) => {
    const { exitCode, stderr } = await send(['--to', 'ann@example.com', '--text', 'x', flag]);
    expect(stderr).toMatch(/--(?:timeout takes a time|attempts takes a number)/);
    expect(exitCode).toBe(64);
    expect(sandbox.messages).toEqual([]);
  });

  test('bound how often a request is made', async () => {
    sandbox.failWith(({ request }) =>
      request === 'send-mail'
        ? { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 0 }
        : undefined,
    );
    const { exitCode } = await send(['--to', 'ann@example.com', '--text', 'x', '--attempts', '2']);
    expect(exitCode).toBe(75);
    expect(sandbox.requests.filter(({ path }) => path.endsWith('/sendMail'))).toHaveLength(2);
  });
});
