import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRACE_CHECKS } from '../../src/prove/trace-checks';
import type { Sandbox, StartSandboxOptions } from '../../src/sandbox';
import { ARRIVAL_CHECKS } from '../live/arrival-checks';
import { NotObserved } from '../live/live-check';
import { readLiveSettings } from '../live/live-settings';
import { MAILBOX_CHECKS } from '../live/mailbox-checks';
import { LIVE_CHECKS, runLiveChecks, startSandboxService } from '../live/run-live-checks';
import { ask } from '../sandbox/support';

type Played = Awaited<ReturnType<typeof startSandboxService>>;

const running: Played[] = [];
/** A sandbox in the place of a tenant. */
async function start(options: StartSandboxOptions = {}): Promise<Played> {
  const played = await startSandboxService(options);
  running.push(played);
  return played;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((played) => played.close()));
});

const docs = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');
const checksOf = (...words: string[]) =>
  LIVE_CHECKS.filter(({ rule }) => words.some((word) => rule.includes(word)));
const ignore = () => undefined;
/** How many messages are in a folder of the first mailbox. */
async function leftIn(sandbox: Sandbox, folder: string): Promise<number> {
  const shown = await ask(sandbox, 'GET', `mailFolders/${folder}`);
  return (await shown.json()).totalItemCount;
}

test('confirms every rule on the sandbox, leaves nothing behind, and prints no secret', async () => {
  const { sandbox, options } = await start();
  const lines: string[] = [];
  const results = await runLiveChecks(options, (line) => lines.push(line));
  expect(results.filter(({ verdict }) => verdict !== 'confirmed')).toEqual([]);
  expect(results.length).toBeGreaterThan(20);
  expect(lines).toEqual(results.map(({ rule }) => `confirmed     ${rule}`));
  expect(sandbox.drafts).toEqual([]);
  const toItself = sandbox.messages.filter(({ to }) => to[0]?.address === options.userId);
  expect([sandbox.messages.length - toItself.length, toItself.length]).toEqual([15, 1]);
  const said = [docs('docs/live-check.md'), docs('src/cli/prove.ts')];
  for (const text of said)
    expect(text.replace(/\s+/g, ' ')).toMatch(
      /fifteen small messages to .{1,40} and one to the mailbox itself/,
    );
  expect(await leftIn(sandbox, 'inbox')).toBe(0);
  expect(lines.join('\n')).not.toMatch(/eyJ|authtoken|sandbox-client-secret/);
}, 60_000);

test('contradicts a service with rules of its own, and tells what it saw', async () => {
  const { options } = await start({
    limits: { requestBytes: 4 * 2 ** 20, sessionMinimumBytes: 3 * 2 ** 20 },
  });
  const lines: string[] = [];
  const checks = checksOf('4,000,000 bytes is accepted, one', 'an upload session needs', 'MIME that is not');
  const results = await runLiveChecks(options, (line) => lines.push(line), checks);
  expect(results.map(({ verdict }) => verdict)).toEqual(['confirmed', 'contradicted', 'contradicted']);
  expect(lines).toContain('              expected {"at":201,"over":413}, saw {"at":201,"over":201}');
});

test.each<[string, StartSandboxOptions, string[]]>([
  ['shows milliseconds', { timePrecision: 'milliseconds' }, ['the creation time of a draft']],
  [
    'has immutable ids that outlive sending',
    { immutableIdsOutliveSending: true },
    ['neither the ordinary id of a draft', 'a draft that was sent cannot be sent again'],
  ],
  [
    'deletes into Deleted Items',
    { deleteLeadsTo: 'deletedItems' },
    ['no search finds a deleted draft', 'a second DELETE of a draft'],
  ],
  ['has empty pages', { emptyPages: true }, ['a search with one message a page']],
])('contradicts a service that %s, and leaves nothing behind', async (_what, settings, rules) => {
  const { sandbox, options } = await start(settings);
  const results = await runLiveChecks(options, ignore, MAILBOX_CHECKS);
  const contradicted = results.filter(({ verdict }) => verdict === 'contradicted');
  expect(contradicted.map(({ rule }) => rules.find((start) => rule.startsWith(start)))).toEqual(rules);
  expect(results.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(sandbox.drafts).toEqual([]);
});

test('contradicts a service that makes no header of a named property, and leaves nothing behind', async () => {
  const { sandbox, options } = await start({ namedHeadersOnTheWire: false });
  const results = await runLiveChecks(options, ignore, ARRIVAL_CHECKS);
  expect(results).toMatchObject([
    {
      verdict: 'contradicted',
      details: expect.stringMatching(
        /saw .*"five":"kept kept kept kept kept","named":"missing","sixth":"missing"/,
      ),
    },
  ]);
  expect(sandbox.drafts).toEqual([]);
  for (const folder of ['inbox', 'sentitems']) expect(await leftIn(sandbox, folder)).toBe(0);
});

test('contradicts a service where nothing arrives', async () => {
  const { sandbox, options } = await start();
  sandbox.failWith(({ request }) => (request === 'send-draft' ? { kind: 'answer', status: 202 } : undefined));
  const [result] = await runLiveChecks(options, ignore, ARRIVAL_CHECKS);
  expect(result).toMatchObject({
    verdict: 'contradicted',
    details: expect.stringMatching(/saw .*"arrived":false/),
  });
  expect(sandbox.drafts).toEqual([]);
});

test('contradicts a service whose folders have other ids than its messages say', async () => {
  const { sandbox, options } = await start();
  sandbox.failNext('read-folder', { kind: 'answer', status: 404, code: 'ErrorItemNotFound' });
  const [result] = await runLiveChecks(options, ignore, checksOf('parentFolderId'));
  expect(result).toMatchObject({
    verdict: 'contradicted',
    details: expect.stringMatching(/saw.*another one/),
  });
});

test('contradicts a service that does not find a draft by its Message-ID', async () => {
  const { options } = await start({ searchDelay: { drafts: { finds: 50 } } });
  const [result] = await runLiveChecks(options, ignore, checksOf('by internetMessageId'));
  expect(result).toMatchObject({ verdict: 'contradicted' });
});

test('finds a service out that accepts whatever it is sent', async () => {
  const { sandbox, options } = await start();
  sandbox.failWith(({ request }) => (request === 'send-mail' ? { kind: 'answer', status: 202 } : undefined));
  const checks = checksOf('verify()', 'not send as', 'as JSON', 'as MIME is', 'not base64', 'an alias');
  const results = await runLiveChecks({ ...options, lookMs: 1 }, ignore, checks);
  expect(results.map(({ verdict }) => verdict)).toEqual(Array(checks.length).fill('contradicted'));
});

test('says which rules it could not observe', async () => {
  const { sandbox, options } = await start();
  const { alias, foreignFrom, ...named } = options;
  const known = { ...named, userId: sandbox.mailboxes[0]?.id ?? '' };
  const results = await runLiveChecks(known, ignore, checksOf('an alias', 'not send as', 'arrives'));
  expect(results.map(({ verdict, details }) => `${verdict}: ${details}`)).toEqual([
    'not observed: LIVE_ALIAS is not set',
    'not observed: LIVE_FOREIGN_FROM is not set',
    'not observed: GRAPH_USER_ID is an object id, and LIVE_ALIAS is not set',
  ]);
});

test('contradicts a service whose permanentDelete leaves the copy, and removes it all the same', async () => {
  const { sandbox, options } = await start();
  const isGood = ({ path }: { path: string }) => !path.endsWith('/permanentDelete');
  sandbox.failWith((request) => (isGood(request) ? undefined : { kind: 'answer', status: 204 }));
  const results = await runLiveChecks(options, ignore, checksOf('permanentDelete'));
  expect(results).toMatchObject([
    { verdict: 'contradicted', details: expect.stringMatching(/saw .*"shown":"200","inSentItems":1/) },
  ]);
  expect(await leftIn(sandbox, 'sentitems')).toBe(0);
});

test('does not judge a copy that does not show in Sent Items', async () => {
  const { options } = await start({ searchDelay: { sentItems: { finds: 1000 } } });
  const results = await runLiveChecks(options, ignore, checksOf('the copy of'));
  expect(results.map(({ verdict, details }) => `${verdict}: ${details}`)).toEqual(
    Array(3).fill('not observed: the copy does not show in Sent Items'),
  );
});

test.each<[string, StartSandboxOptions, RegExp]>([
  ['the app may not see them', { roles: ['Mail.Send', 'Mail.ReadWrite'] }, /does not have Exchange/],
  ['their service principal is missing', { traceServicePrincipal: false }, /refused with 401/],
])('does not judge message traces if %s', async (_why, settings, why) => {
  const { options } = await start(settings);
  const results = await runLiveChecks(options, ignore, TRACE_CHECKS);
  for (const { verdict, details } of results) {
    expect({ verdict, details }).toEqual({ verdict: 'not observed', details: expect.stringMatching(why) });
  }
});

test('waits for a message trace, and does not judge one that does not show', async () => {
  const [first, others] = [TRACE_CHECKS.slice(0, 1), TRACE_CHECKS.slice(1)];
  const late = await start({ traceDelay: 100 });
  await expect(runLiveChecks(late.options, ignore, first)).resolves.toMatchObject([{ verdict: 'confirmed' }]);
  const never = await start({ traceDelay: 3_600_000 });
  await expect(runLiveChecks(never.options, ignore, TRACE_CHECKS)).resolves.toMatchObject([
    { verdict: 'not observed', details: 'the message trace does not show the message yet' },
    ...others.map(() => ({ verdict: 'confirmed' })),
  ]);
});

test('contradicts a service that takes any period of message traces', async () => {
  const { sandbox, options } = await start();
  sandbox.failWith(({ request }) =>
    request === 'list-traces' ? { kind: 'answer', status: 200 } : undefined,
  );
  const results = await runLiveChecks(options, ignore, checksOf('ten days'));
  expect(results).toMatchObject([{ verdict: 'contradicted', details: expect.stringMatching(/"old":200/) }]);
});

test('goes on after a check that failed', async () => {
  const { sandbox, options } = await start();
  sandbox.failNext('create-draft', { kind: 'reset', when: 'before' });
  const results = await runLiveChecks(options, ignore, checksOf('an x- header', 'by our mark'));
  expect(results.map(({ verdict }) => verdict)).toEqual(['failed', 'confirmed']);
});

test('does not take a rule for confirmed that the sandbox does not play', async () => {
  const { options } = await start();
  const check = { rule: 'a rule', expected: { status: 1 }, observe: async () => ({ status: 2 }) };
  const [result] = await runLiveChecks(options, ignore, [check]);
  expect(result).toMatchObject({ verdict: 'failed', details: expect.stringMatching(/the sandbox itself/) });
});

test('tells what cannot be observed anywhere from what failed', async () => {
  const { options } = await start();
  const observe = async () => {
    throw new NotObserved('no way');
  };
  const [result] = await runLiveChecks(options, ignore, [{ rule: 'a rule', expected: {}, observe }]);
  expect(result).toEqual({ rule: 'a rule', verdict: 'not observed', details: 'no way' });
});

test('cannot begin without a token, and names no secret', async () => {
  const { options } = await start();
  await expect(runLiveChecks({ ...options, clientSecret: 'canary' }, ignore)).rejects.toThrow(
    /^Entra issued no token: 401, AADSTS7000215$/,
  );
});

describe('what is to be checked', () => {
  const env = {
    AZURE_TENANT_ID: 'contoso.com',
    AZURE_CLIENT_ID: 'id',
    AZURE_CLIENT_SECRET: 'secret',
    GRAPH_USER_ID: 'app@contoso.com',
    LIVE_TO: 'ann@example.com',
  };

  test('is nothing without a tenant', () => {
    expect(readLiveSettings({})).toEqual({
      target: 'none',
      why: expect.stringMatching(/^AZURE_TENANT_ID, /),
    });
    expect(readLiveSettings({ ...env, LIVE_TO: '' })).toEqual({ target: 'none', why: 'LIVE_TO not set' });
  });

  test('is the sandbox on demand', () => {
    expect(readLiveSettings({ LIVE_TARGET: 'sandbox' })).toEqual({ target: 'sandbox' });
  });

  test('is the tenant of the variables, in its cloud', () => {
    expect(readLiveSettings({ ...env, GRAPH_CLOUD: 'usgov', LIVE_ALIAS: 'a@contoso.com' })).toEqual({
      target: 'tenant',
      service: {
        tenantId: 'contoso.com',
        clientId: 'id',
        clientSecret: 'secret',
        authorityHost: 'https://login.microsoftonline.us',
        graphEndpoint: 'https://graph.microsoft.us',
        userId: 'app@contoso.com',
        to: 'ann@example.com',
        alias: 'a@contoso.com',
      },
    });
  });
});
