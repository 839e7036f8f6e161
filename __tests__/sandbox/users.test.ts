import { createSandbox, type SandboxMailbox, type SandboxOptions } from '../../src/sandbox';
import { find, LUNCH, makeDraft, refusal, send, tokenFor } from './support';

const APP = 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01';
const MAILBOX: SandboxMailbox = { id: APP, userPrincipalName: 'app@contoso.example', displayName: 'App' };

async function askUser(options: SandboxOptions, user: string, query = '', method = 'GET') {
  const sandbox = createSandbox({ roles: ['User.Read.All'], ...options });
  const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
  const url = `https://graph.microsoft.com/v1.0/users/${user}${query}`;
  return sandbox.handle(new Request(url, { method, headers }));
}

describe('a user', () => {
  test.each(['app@contoso.example', 'APP%40contoso.example', APP])('is shown by %s', async (user) => {
    const response = await askUser({}, user);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users/$entity',
      businessPhones: [],
      displayName: 'Contoso App',
      givenName: null,
      jobTitle: null,
      mail: 'app@contoso.example',
      mobilePhone: null,
      officeLocation: null,
      preferredLanguage: null,
      surname: null,
      userPrincipalName: 'app@contoso.example',
      id: APP,
    });
  });

  test('is shown by what $select names', async () => {
    const response = await askUser({}, APP, '?$select=mail,accountEnabled');
    expect(await response.json()).toEqual({
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users(mail,accountEnabled)/$entity',
      mail: 'app@contoso.example',
      accountEnabled: true,
    });
    expect(await refusal(askUser({}, APP, '?$select=colour'))).toMatchObject({
      status: 400,
      message: "Could not find a property named 'colour' on type 'microsoft.graph.user'.",
    });
  });

  test('is no request for a mailbox', async () => {
    const sandbox = createSandbox({ roles: ['User.Read.All'] });
    const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
    await sandbox.handle(new Request(`https://graph.microsoft.com/v1.0/users/${APP}`, { headers }));
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 200 });
    expect(sandbox.concurrency).toEqual({});
  });

  test('is there without a mailbox', async () => {
    const response = await askUser({ mailboxes: [{ ...MAILBOX, state: 'unlicensed' }] }, APP);
    expect(await response.json()).toMatchObject({ id: APP, mail: null });
  });

  test.each(['nobody@contoso.example', '11111111-2222-3333-4444-555555555555'])(
    'is not found by %s',
    async (user) => {
      expect(await refusal(askUser({}, user))).toMatchObject({
        status: 404,
        code: 'Request_ResourceNotFound',
      });
    },
  );

  test.each<[string, SandboxOptions, string, number, string | undefined]>([
    ['no permission', { roles: [] }, APP, 401, 'NoPermissionsInAccessToken'],
    ['those of mail', { roles: ['Mail.Send', 'Mail.ReadWrite'] }, APP, 403, 'Authorization_RequestDenied'],
    ['Directory.Read.All', { roles: ['Directory.Read.All'] }, APP, 200, undefined],
    ['User.Read for the user who signed in', { scp: ['User.Read'] }, APP, 200, undefined],
    [
      'User.Read for another',
      { scp: ['User.Read'] },
      'sales@contoso.example',
      403,
      'Authorization_RequestDenied',
    ],
    ['User.Read without a user', { roles: ['User.Read'] }, APP, 403, 'Authorization_RequestDenied'],
  ])('is asked for with %s', async (_what, options, user, status, code) => {
    const response = await askUser(options, user);
    expect(response.status).toBe(status);
    expect((await response.json()).error?.code).toBe(code);
  });
});

describe('a tenant without Exchange Online', () => {
  const options = { exchangeOnline: false, tenantId: '22222222-3333-4444-5555-666666666666' };
  const REFUSED = {
    status: 401,
    code: 'OrganizationFromTenantGuidNotFound',
    message: "The tenant for tenant guid '22222222-3333-4444-5555-666666666666' does not exist.",
  };

  test('refuses every request for a mailbox, after a good token', async () => {
    const sandbox = createSandbox(options);
    expect(await refusal(send(sandbox, LUNCH))).toEqual(REFUSED);
    expect(await refusal(find(sandbox, "internetMessageId eq '<a@b>'"))).toEqual(REFUSED);
    expect(await refusal(send(sandbox, LUNCH, { user: 'nobody@contoso.example' }))).toEqual(REFUSED);
    expect(await makeDraft(sandbox)).toBeUndefined();
    expect(await refusal(send(sandbox, LUNCH, { authorization: null }))).toMatchObject({
      code: 'InvalidAuthenticationToken',
    });
  });

  test('has users all the same', async () => {
    expect((await askUser(options, APP)).status).toBe(200);
  });
});
