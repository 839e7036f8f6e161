import { createSandbox, type SandboxMailbox, type SandboxOptions } from '../../src/sandbox';
import { ask, find, LUNCH, makeDraft, refusal, send, tokenFor } from './support';

/** What a client may send to learn whether it could send: it goes to nobody. */
const PROBE = { toRecipients: [] };

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

const mailbox = (state: SandboxMailbox['state']): SandboxMailbox => ({
  id: '11111111-2222-3333-4444-555555555555',
  userPrincipalName: 'app@contoso.example',
  displayName: 'App',
  state,
});

describe('permissions by RBAC for Applications', () => {
  test('let an app send whose token shows no role', async () => {
    const sandbox = createSandbox({ roles: [], rbac: ['Mail.Send'] });
    const claims = claimsOf(await tokenFor(sandbox));
    expect(claims).not.toHaveProperty('roles');
    expect(JSON.stringify(claims)).not.toContain('Mail.Send');
    expect((await send(sandbox, LUNCH)).status).toBe(202);
  });

  test('let it do nothing else', async () => {
    const sandbox = createSandbox({ roles: [], rbac: ['Mail.Send'] });
    expect(await refusal(ask(sandbox, 'POST', 'messages', LUNCH))).toMatchObject({
      status: 403,
      code: 'ErrorAccessDenied',
    });
  });

  test('come on top of the roles', async () => {
    const sandbox = createSandbox({ roles: ['Mail.Send'], rbac: ['Mail.ReadWrite'] });
    const id = await makeDraft(sandbox);
    expect((await ask(sandbox, 'POST', `messages/${id}/send`)).status).toBe(202);
  });
});

describe('a delegated token', () => {
  const DELEGATED: SandboxOptions = { scp: ['Mail.Send', 'User.Read'], rbac: ['Mail.ReadWrite'] };

  test('shows its permissions in scp, and the user', async () => {
    const claims = claimsOf(await tokenFor(createSandbox(DELEGATED)));
    expect(claims).toMatchObject({ scp: 'Mail.Send User.Read', idtyp: 'user', upn: 'app@contoso.example' });
    expect(claims).not.toHaveProperty('roles');
  });

  test('opens the mailbox of its user and no other', async () => {
    const sandbox = createSandbox(DELEGATED);
    expect((await send(sandbox, LUNCH)).status).toBe(202);
    expect(await refusal(send(sandbox, LUNCH, { user: 'sales@contoso.example' }))).toMatchObject({
      status: 403,
      code: 'ErrorAccessDenied',
    });
  });

  test('has its own permissions only', async () => {
    const refused = refusal(ask(createSandbox(DELEGATED), 'POST', 'messages', LUNCH));
    expect(await refused).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
  });

  test('makes /me a request that the sandbox does not play', async () => {
    const sandbox = createSandbox(DELEGATED);
    const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
    const url = 'https://graph.microsoft.com/v1.0/me/sendMail';
    expect((await sandbox.handle(new Request(url, { method: 'POST', headers }))).status).toBe(501);
  });
});

describe('a message without recipients', () => {
  test('is refused last, and goes to nobody', async () => {
    const sandbox = createSandbox();
    expect(await refusal(send(sandbox, PROBE))).toMatchObject({
      status: 400,
      code: 'ErrorInvalidRecipients',
    });
    expect(sandbox.messages).toEqual([]);
    expect((await (await find(sandbox, "internetMessageId eq '<a@b>'")).json()).value).toEqual([]);
  });

  test.each<[string, SandboxOptions, number, string]>([
    [
      'the token before the role, the mailbox and the message',
      { tokenLifetime: 0, roles: [], mailboxes: [mailbox('disabled')] },
      401,
      'InvalidAuthenticationToken',
    ],
    [
      'missing permissions before the mailbox and the message',
      { roles: [], mailboxes: [mailbox('disabled')] },
      401,
      'NoPermissionsInAccessToken',
    ],
    [
      'the wrong role before the mailbox and the message',
      { roles: ['Mail.Read'], mailboxes: [mailbox('unlicensed')] },
      403,
      'ErrorAccessDenied',
    ],
    [
      'a mailbox without a licence before the message',
      { mailboxes: [mailbox('unlicensed')] },
      404,
      'MailboxNotEnabledForRESTAPI',
    ],
    [
      'a mailbox on premises before the message',
      { mailboxes: [mailbox('on-premises')] },
      404,
      'MailboxNotSupportedForRESTAPI',
    ],
    [
      'a disabled account before the message',
      { mailboxes: [mailbox('disabled')] },
      403,
      'ErrorAccountDisabled',
    ],
    [
      'a policy that keeps the app from the mailbox before the message',
      { mailboxes: [mailbox('access-denied')] },
      403,
      'ErrorAccessDenied',
    ],
  ])('shows %s', async (_what, options, status, code) => {
    expect(await refusal(send(createSandbox(options), PROBE))).toMatchObject({ status, code });
  });

  test('shows a mailbox that is not there', async () => {
    const refused = await refusal(send(createSandbox(), PROBE, { user: 'nobody@contoso.example' }));
    expect(refused).toMatchObject({ status: 404, code: 'ErrorInvalidUser' });
  });
});

test('an application access policy keeps the app from every request for the mailbox, in its own words', async () => {
  const sandbox = createSandbox({ mailboxes: [mailbox('access-denied')] });
  const requests = [
    send(sandbox, LUNCH),
    ask(sandbox, 'POST', 'messages', LUNCH),
    ask(sandbox, 'GET', 'messages/1'),
    find(sandbox, "internetMessageId eq '<a@b>'"),
  ];
  for (const response of await Promise.all(requests)) {
    expect(await refusal(response)).toEqual({
      status: 403,
      code: 'ErrorAccessDenied',
      message: 'Access to OData is disabled.',
    });
  }
});
