import { HttpResponse, http } from 'msw';
import { ENTRA_CODES } from '../../src/errors/service-codes/entra-codes';
import { type GraphTransportOptions, graphTransport, type VerifyCheck } from '../../src/index';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { runCli } from '../support/cli-io';
import { entraRefuses, sendMailUrl, useGraphWire } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const wire = useGraphWire();

const graphMe = 'https://graph.microsoft.com/v1.0/me';
const refusedRecipients = { status: 400, code: 'ErrorInvalidRecipients' };

const tell = ({ name, ok, warning }: VerifyCheck) =>
  `${name}: ${ok ? (warning ? 'doubted' : 'ok') : 'failed'}`;

/** What is found when Graph answers the check like this. */
async function checksOf(
  { status, code, message = 'As the service put it.' }: { status: number; code?: string; message?: string },
  options: GraphTransportOptions = {},
): Promise<VerifyCheck[]> {
  const answer = () => HttpResponse.json({ error: { code, message } }, { status });
  wire.use(http.post(sendMailUrl, answer), http.get(graphMe, answer));
  const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher, ...options });
  return transport.check().finally(() => transport.close());
}

test.each<[number, string | undefined, string[]]>([
  [401, 'NoPermissionsInAccessToken', ['graph: ok', 'access: failed']],
  [401, 'noPermissionsInAccessToken', ['graph: ok', 'access: failed']],
  [403, 'NoPermissionsInAccessToken', ['graph: ok', 'access: failed']],
  [403, 'ErrorAccessDenied', ['graph: ok', 'access: failed']],
  [403, 'UnknownError', ['graph: ok', 'access: failed']],
  [403, '', ['graph: ok', 'access: failed']],
  [401, 'OrganizationFromTenantGuidNotFound', ['graph: ok', 'mailbox: failed']],
  [403, 'ErrorAccountDisabled', ['graph: ok', 'mailbox: failed']],
  [403, 'ErrorAccountSuspend', ['graph: ok', 'mailbox: failed']],
  [404, 'UnknownError', ['graph: ok', 'mailbox: failed']],
  [404, '', ['graph: ok', 'mailbox: failed']],
  [400, 'Error Invalid Recipients', ['graph: ok', 'mailbox: ok', 'access: ok']],
  [400, '', ['graph: ok', 'mailbox: doubted']],
  [401, 'InvalidAuthenticationToken', ['graph: failed']],
  [401, '', ['graph: failed']],
  [403, 'ErrorMessageTransientError', ['graph: failed']],
  [429, 'ApplicationThrottled', ['graph: failed']],
])('takes %i %s for %j', async (status, code, found) => {
  const checks = await checksOf({ status, ...(code !== undefined && { code }) });
  expect(checks.map(tell).slice(-found.length)).toEqual(found);
  expect(checks.at(-1)?.error?.ambiguous ?? false).toBe(false);
});

test.each<[number, string, string[]]>([
  [401, 'NoPermissionsInAccessToken', ['graph: ok', 'access: failed']],
  [401, 'OrganizationFromTenantGuidNotFound', ['graph: ok', 'mailbox: failed']],
  [401, 'InvalidAuthenticationToken', ['graph: failed']],
  [400, 'BadRequest', ['graph: ok', 'mailbox: doubted']],
])('takes %i %s for %j where no mailbox is known to ask about', async (status, code, found) => {
  const checks = await checksOf({ status, code }, { userId: () => 'app@contoso.example' });
  expect(checks.map(tell).slice(-found.length)).toEqual(found);
});

test('says in the doubt what Graph says without a code', async () => {
  const checks = await checksOf({ status: 400, code: '', message: 'Something is odd.' });
  expect(checks.at(-1)?.warning).toContain('400 Something is odd');
});

describe('a sender at onmicrosoft.com', () => {
  const trial = 'app@contoso.onmicrosoft.com';
  const own = 'shop@contoso.example';
  const objectId = 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01';

  test.each<[string, GraphTransportOptions]>([
    ['as the mailbox', { userId: trial }],
    ['in capitals', { userId: 'App@Contoso.OnMicrosoft.Com' }],
    ['as the from option', { userId: objectId, from: `"App" <${trial}>` }],
    ['as the from option of many mailboxes', { userId: () => own, from: trial }],
  ])('is a doubt %s', async (_, options) => {
    const checks = await checksOf(refusedRecipients, options);
    const doubt = checks.find(({ name }) => name === 'sender');
    expect(doubt).toEqual({
      name: 'sender',
      ok: true,
      warning: expect.stringMatching(/onmicrosoft\.com.*100 recipients.*5\.7\.236/i),
      hint: expect.stringMatching(/domain of your own/),
    });
    expect(checks.every(({ ok }) => ok)).toBe(true);
  });

  test.each<[string, GraphTransportOptions]>([
    ['of another name', { userId: 'app@notonmicrosoft.com' }],
    ['that the from option stands in for', { userId: trial, from: own }],
    ['that only a message can tell', { userId: () => trial }],
    ['in the name before the @', { userId: 'app.onmicrosoft.com@contoso.example' }],
  ])('is not told of one %s', async (_, options) => {
    const checks = await checksOf(refusedRecipients, options);
    expect(checks.map(({ name }) => name)).not.toContain('sender');
  });
});

test.each(ENTRA_CODES.flatMap(({ codes, about }) => codes.map((code) => [code, about ?? 'token'] as const)))(
  'takes %s for a matter of the %s',
  async (code, about) => {
    wire.use(entraRefuses(400, Number(code.slice('AADSTS'.length)), 'As Entra put it.'));
    const transport = graphTransport({ ...IDENTITY, dispatcher: wire.dispatcher });
    const checks = await transport.check().finally(() => transport.close());
    const order = ['tenant', 'app', 'secret'];
    const sound = order.slice(0, Math.max(0, order.indexOf(about))).map((name) => `${name}: ok`);
    expect(checks.map(tell)).toEqual(['entra: ok', ...sound, `${about}: failed`]);
  },
);

describe('the command line', () => {
  const mailbox = {
    id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
    userPrincipalName: 'app@contoso.onmicrosoft.com',
    displayName: 'App',
  };
  const verify = (sandbox: RunningSandbox, ...args: string[]) =>
    runCli(['verify', ...args], { env: { ...sandbox.env, GRAPH_USER_ID: mailbox.userPrincipalName } });

  test('warns of such a sender, and is well all the same', async () => {
    const sandbox = await startSandbox({ mailboxes: [mailbox] });
    const { exitCode, stdout } = await verify(sandbox);
    const { exitCode: jsonCode, stdout: json } = await verify(sandbox, '--json');
    await sandbox.close();
    expect([exitCode, jsonCode]).toEqual([0, 0]);
    expect(stdout).toMatch(/! the sender is at a domain of its own\n {4}Messages come from app@contoso\./);
    expect(JSON.parse(json).checks).toContainEqual(expect.objectContaining({ name: 'sender', ok: true }));
  });

  test('says nothing of the sender where there is nothing to say', async () => {
    const sandbox = await startSandbox();
    const { stdout } = await runCli(['verify', '--user-id', 'nobody@contoso.example'], {
      env: { ...sandbox.env },
    });
    await sandbox.close();
    expect(stdout).toContain('✗ there is a mailbox in Exchange Online');
    expect(stdout).not.toContain('the sender');
  });
});
