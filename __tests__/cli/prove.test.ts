import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIVE_CHECKS } from '../../src/prove/run-live-checks';
import {
  type RunningSandbox,
  SANDBOX_RULES,
  type StartSandboxOptions,
  startSandbox,
} from '../../src/sandbox';
import { runCli } from '../support/cli-io';
import { PAGES } from '../support/pages';

const { version }: { version: string } = require('../../package.json');

const CANARY = {
  tenantId: '7c1a4e52-90ab-4cde-8f01-23456789abcd',
  tenantDomain: 'canary-tenant.example',
  clientId: '5d2b6f63-a1bc-4def-9012-3456789abcde',
  clientSecret: 'canary-secret',
  to: 'canary-to@fabrikam.example',
  mailbox: {
    id: '6e3c7074-b2cd-4ef0-a123-456789abcdef',
    userPrincipalName: 'canary-mailbox@canary-tenant.example',
    displayName: 'Canary Display',
    aliases: ['canary-alias@canary-tenant.example'],
  },
  foreignFrom: 'canary-foreign@fabrikam.example',
};

let sandbox: RunningSandbox;
let cwd: string;

async function start(options: StartSandboxOptions = {}): Promise<void> {
  const { tenantId, tenantDomain, clientId, clientSecret, mailbox } = CANARY;
  sandbox = await startSandbox({
    tenantId,
    tenantDomain,
    clientId,
    clientSecret,
    mailboxes: [mailbox],
    roles: ['Mail.Send', 'Mail.ReadWrite', 'ExchangeMessageTrace.Read.All'],
    latency: 5,
    ...options,
  });
}
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'graph-prove-'));
});
afterEach(async () => {
  rmSync(cwd, { recursive: true });
  await sandbox?.close();
});

const prove = (args: string[] = [], surroundings: Parameters<typeof runCli>[1] = {}) =>
  runCli(['prove', '--to', CANARY.to, ...args], { env: { ...sandbox.env }, cwd, ...surroundings });
const ALL = ['--alias', CANARY.mailbox.aliases[0] ?? '', '--foreign-from', CANARY.foreignFrom];
const reportText = (file = 'prove-report.json') => readFileSync(join(cwd, file), 'utf8');

/** Nothing of whose service it was, and nothing that it made up: no id, no address, no host, no token. */
function expectAnonymous(text: string): void {
  expect(text).not.toMatch(/canary|127\.0\.0\.1|localhost|https?:|@|eyJ|authtoken|AAMk/i);
  expect(text).not.toMatch(/[\da-f]{8}-[\da-f]{4}/i);
  expect(text).not.toContain(`${new URL(sandbox.url).port}`);
  for (const { requestId } of sandbox.requests) expect(text).not.toContain(requestId);
  for (const message of sandbox.messages) {
    expect(text).not.toContain(message.id);
    expect(text).not.toContain(message.internetMessageId);
  }
}

test('confirms every rule on a sandbox, prints the table, and writes a report that names nobody', async () => {
  await start();
  const { exitCode, stdout, stderr } = await prove(ALL);
  const [head, ...lines] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^verdict +evidence +rule$/);
  expect(lines.slice(0, LIVE_CHECKS.length)).toEqual(
    LIVE_CHECKS.map(() => expect.stringMatching(/^confirmed {5}(?:documented|reported|recorded|ours) /)),
  );
  for (const { rule } of LIVE_CHECKS) expect(stdout).toContain(rule);
  expect(lines.at(-1)).toBe(
    `${LIVE_CHECKS.length} checks: ${LIVE_CHECKS.length} confirmed, 0 contradicted, 0 not observed, 0 failed. The report is in prove-report.json.`,
  );
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`sends messages from ${CANARY.mailbox.userPrincipalName} to ${CANARY.to}`);
  expect(`${stdout}${stderr}`).not.toMatch(/canary-secret|eyJ|authtoken/);
  // Fifteen to --to and one to the mailbox; and nothing stays.
  const to = sandbox.messages.flatMap((message) => message.to.map(({ address }) => address));
  expect(to.filter((address) => address === CANARY.to)).toHaveLength(15);
  expect(to).toHaveLength(16);
  expect(PAGES.get('README.md')).toContain('It sends about sixteen small messages');
  expect(sandbox.drafts).toEqual([]);

  const report = JSON.parse(reportText());
  expect(report).toMatchObject({ package: 'nodemailer-graph-transport', version, cloud: 'other' });
  expect(report.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(report.checks).toHaveLength(LIVE_CHECKS.length);
  expect(report.checks[0]).toEqual({
    rule: LIVE_CHECKS[0]?.rule,
    verdict: 'confirmed',
    evidence: 'documented',
    expected: { roles: true, scp: false },
    observed: { roles: true, scp: false },
  });
  expect(new Set(Object.values(report.rules))).toEqual(new Set(['confirmed']));
  expect(Object.keys(report.rules).filter((name) => !(name in SANDBOX_RULES))).toEqual([]);
  expectAnonymous(reportText());
}, 60_000);

test('contradicts a service with other rules, fails where it breaks, and still names nobody', async () => {
  await start({ timePrecision: 'milliseconds', limits: { sessionMinimumBytes: 3 * 2 ** 20 } });
  // Codes that a gateway of the tenant's own may give.
  const codes = [CANARY.to, CANARY.tenantDomain, CANARY.tenantId, '127.0.0.1', `see ${sandbox.url}`];
  let [asked, drafts] = [0, 0];
  sandbox.failWith(({ request }) => {
    asked += 1;
    if (request === 'send-mail' && asked < 12) {
      return { kind: 'answer', status: 403, code: codes[asked % codes.length], message: CANARY.to };
    }
    if (request === 'create-draft') drafts += 1;
    if (request === 'create-draft' && drafts <= codes.length) {
      return { kind: 'answer', status: 503, code: codes[drafts - 1], message: CANARY.to };
    }
    return request === 'send-draft' ? { kind: 'reset', when: 'before' } : undefined;
  });
  const { exitCode, stdout } = await prove(['--report', 'a.json']);
  expect(exitCode).toBe(70);
  expect(stdout).toMatch(/^contradicted {2}recorded {4}the creation time/m);
  expect(stdout).toMatch(/^failed {8}/m);
  expect(stdout).toMatch(/^not observed {2}.*\n.*LIVE_ALIAS is not set$/m);
  const report = JSON.parse(reportText('a.json'));
  expect(report.rules).toMatchObject({
    'whole-seconds': 'contradicted',
    'session-minimum': 'contradicted',
    'mime-base64': expect.anything(),
  });
  expect(report.checks).toContainEqual(
    expect.objectContaining({ verdict: 'failed', failure: expect.anything() }),
  );
  expect(reportText('a.json')).toContain('something else');
  expectAnonymous(reportText('a.json'));
}, 60_000);

test('prints the report for programs', async () => {
  await start();
  const { stdout } = await runCli(['prove', '--sandbox', '--json'], { cwd });
  const printed = JSON.parse(stdout);
  expect(printed).toMatchObject({ ok: true, exitCode: 0 });
  expect(printed.report).toEqual(JSON.parse(reportText()));
  // It asked a sandbox of its own.
  expect(sandbox.requests).toEqual([]);
}, 60_000);

describe('sends nothing', () => {
  beforeEach(() => start());
  afterEach(() => {
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.requests.filter(({ path }) => !path.includes('token'))).toEqual([]);
  });

  test('without being told where to', async () => {
    const { exitCode, stderr } = await runCli(['prove'], { env: { ...sandbox.env }, cwd });
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(/prove sends real mail, so it must be told where to: give --to ADDRESS/);
  });

  test('when only its help is asked for, which says that it sends real mail', async () => {
    const { exitCode, stdout } = await prove(['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/SENDS REAL MAIL/);
  });

  test.each<[string, Record<string, string>, string[], number, RegExp]>([
    ['without a tenant', { AZURE_TENANT_ID: '' }, [], 78, /tenantId is missing/],
    [
      'with a secret that Entra refuses',
      { AZURE_CLIENT_SECRET: 'x' },
      [],
      77,
      /no token: 401, AADSTS7000215/,
    ],
    ['where Entra is not', { AZURE_AUTHORITY_HOST: 'http://127.0.0.1:1' }, [], 75, /Cannot get a token from/],
    [
      'where the report cannot be written',
      {},
      ['--report', 'no/such/folder.json'],
      78,
      /no\/such\/folder\.json/,
    ],
  ])('%s', async (_what, env, flags, code, sentence) => {
    const { exitCode, stderr } = await prove(flags, { env: { ...sandbox.env, ...env } });
    expect(stderr).toMatch(sentence);
    expect(exitCode).toBe(code);
  });
});

test('logs each request with its status, and no secret', async () => {
  await start();
  sandbox.failWith(({ request }) =>
    request === 'create-draft' ? { kind: 'reset', when: 'before' } : undefined,
  );
  const end = new AbortController();
  const { stderr } = await prove(['--debug'], {
    signal: end.signal,
    onStdout: (text) => {
      if (text.includes('failed ')) end.abort();
    },
  });
  expect(stderr).toMatch(/^debug: POST \/.*\/oauth2\/v2\.0\/token: 200$/m);
  expect(stderr).toMatch(/^debug: POST .*\/sendMail: 400 ErrorInvalidRecipients$/m);
  expect(stderr).toMatch(/^debug: POST .*\/messages: no answer$/m);
  expect(stderr).not.toMatch(/canary-secret|eyJ|authtoken/);
}, 60_000);

test('ends after the check that is under way when it is asked to, with what there is in the report', async () => {
  await start();
  const end = new AbortController();
  const { exitCode, stdout } = await prove(ALL, {
    signal: end.signal,
    onStdout: (text) => {
      if (text.includes('a message as JSON')) end.abort();
    },
  });
  expect(exitCode).toBe(75);
  expect(stdout).toMatch(/^8 checks: 8 confirmed/m);
  expect(JSON.parse(reportText()).checks).toHaveLength(8);
  expect(sandbox.drafts).toEqual([]);
}, 60_000);

test('every check says which rules of the table it shows', () => {
  for (const { shows = [], rule } of LIVE_CHECKS) expect([rule, shows.length > 0]).toEqual([rule, true]);
});
