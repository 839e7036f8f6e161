import { ask, refusal as refusalOf, send } from '../sandbox/support';
import { noExchange, noPermissions, noRecipients, saidBy } from './recorded-answers';
import { seen } from './seen';
import { checkBy, errorOf, LUNCH, meaningOf, sendBy, services } from './sending';

const { recorded, sandbox } = services();
const wrongOf = (checks: Awaited<ReturnType<typeof checkBy>>) => checks.filter(({ ok }) => !ok);

seen(6, () => {
  test('a token without permissions is a matter of access', async () => {
    const service = await recorded({ 'send-mail': { always: noPermissions } });
    const error = errorOf(await sendBy(service.options));
    expect(error).toMatchObject({
      code: 'EAUTH',
      graphCode: 'NoPermissionsInAccessToken',
      responseCode: 401,
      retryable: false,
      ambiguous: false,
    });
    expect(error.hint).toMatch(/Mail\.Send/);
    expect(service.count('send-mail')).toBeLessThanOrEqual(2);
    expect(service.sent).toEqual([]);
  });

  test('verify() tells it as access, with Graph and all before it in order', async () => {
    const service = await recorded({ 'send-mail': { always: noPermissions } });
    const checks = await checkBy(service.options);
    expect(wrongOf(checks).map(({ name }) => name)).toEqual(['access']);
    expect(wrongOf(checks)[0]?.hint).toMatch(/Mail\.Send/);
    expect(checks.filter(({ ok }) => ok).map(({ name }) => name)).toContain('graph');
  });

  test('the sandbox refuses a token without roles so, and one with others as denied', async () => {
    const none = await sandbox({ roles: [] });
    expect(await refusalOf(send(none, {}))).toEqual({
      status: 401,
      code: 'NoPermissionsInAccessToken',
      message: 'The token contains no permissions, or permissions can not be understood.',
    });
    const service = await recorded({ 'send-mail': { always: noPermissions } });
    expect(meaningOf(await sendBy(none.options))).toEqual(meaningOf(await sendBy(service.options)));
    expect(wrongOf(await checkBy(none.options)).map(({ name }) => name)).toEqual(['access']);
    const others = await sandbox({ roles: ['User.Read.All'] });
    expect(await refusalOf(send(others, {}))).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
  });
});

const WITHOUT_EXCHANGE = { roles: ['Mail.Send', 'Mail.ReadWrite'], exchangeOnline: false };

seen(7, () => {
  test('a tenant without Exchange Online is told so', async () => {
    const service = await recorded({ 'send-mail': { always: noExchange } });
    const error = errorOf(await sendBy(service.options));
    expect(error).toMatchObject({
      graphCode: 'OrganizationFromTenantGuidNotFound',
      responseCode: 401,
      retryable: false,
      ambiguous: false,
    });
    expect(error.code).toMatch(/^(EAUTH|EENVELOPE)$/);
    expect(error.hint).toMatch(/Exchange Online/);
    expect(service.count('send-mail')).toBeLessThanOrEqual(2);
  });

  test('verify() finds Entra and the token in order, and no mailbox', async () => {
    const service = await recorded({ 'send-mail': { always: noExchange } });
    const checks = await checkBy(service.options);
    const [wrong, ...more] = wrongOf(checks);
    expect(more).toEqual([]);
    expect(wrong?.name).toBe('mailbox');
    expect(wrong?.hint).toMatch(/Exchange Online/);
    const sound = checks.filter(({ ok }) => ok).map(({ name }) => name);
    expect(sound).toEqual(expect.arrayContaining(['entra', 'tenant', 'app', 'secret', 'graph']));
  });

  test('a sandbox without Exchange Online answers every request for a mailbox so', async () => {
    const played = await sandbox(WITHOUT_EXCHANGE);
    const { code, message } = saidBy(noExchange);
    const said = {
      status: 401,
      code,
      message: message.replace(/'[0-9a-f-]+'/, `'${played.options.tenantId}'`),
    };
    expect(await refusalOf(send(played, {}))).toEqual(said);
    expect(await refusalOf(ask(played, 'POST', 'messages', {}))).toEqual(said);
    const service = await recorded({ 'send-mail': { always: noExchange } });
    expect(meaningOf(await sendBy(played.options))).toEqual(meaningOf(await sendBy(service.options)));
    expect(wrongOf(await checkBy(played.options)).map(({ name }) => name)).toEqual(['mailbox']);
  });
});

seen(20, () => {
  const userId = 'app@contoso.onmicrosoft.com';
  const warningsOf = async (options: object) => {
    const service = await recorded({ 'send-mail': { always: noRecipients } });
    const checks = await checkBy({ ...service.options, ...options });
    expect(wrongOf(checks)).toEqual([]);
    return checks.flatMap(({ warning, hint }) =>
      warning?.includes('onmicrosoft.com') ? `${warning} ${hint}` : [],
    );
  };

  test('verify() warns of a sender at onmicrosoft.com', async () => {
    for (const options of [{ userId }, { from: `Contoso <${userId}>` }, { userId: userId.toUpperCase() }]) {
      const [warning, ...more] = await warningsOf(options);
      expect(more).toEqual([]);
      expect(warning).toMatch(/100\b/);
      expect(warning).toMatch(/domain/);
    }
  });

  test('verify() does not warn of another sender', async () => {
    expect(await warningsOf({})).toEqual([]);
    expect(await warningsOf({ userId: 'app@notonmicrosoft.com' })).toEqual([]);
    expect(await warningsOf({ userId: 'onmicrosoft.com@contoso.example' })).toEqual([]);
  });

  test('a mailbox of the sandbox is warned of in the same way, and sends', async () => {
    const id = 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01';
    const service = await sandbox({ mailboxes: [{ id, userPrincipalName: userId, displayName: 'App' }] });
    const checks = await checkBy(service.options);
    expect(wrongOf(checks)).toEqual([]);
    expect(checks.filter(({ warning }) => warning?.includes('onmicrosoft.com'))).toHaveLength(1);
    expect((await sendBy(service.options, LUNCH)).info).toMatchObject({ route: 'json' });
    expect((await ask(service, 'GET', 'mailFolders/drafts')).status).toBe(200);
  });
});
