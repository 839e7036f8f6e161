import { createSandbox } from '../../src/sandbox';
import { REQUEST_NAMES } from '../../src/sandbox/http/route';
import { ROUTES } from '../../src/sandbox/routes';
import { ask as askBelow, LUNCH, makeDraft, refusal, tokenFor } from './support';

async function ask(method: string, path: string) {
  const sandbox = createSandbox();
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  const body = method === 'POST' ? JSON.stringify({ message: LUNCH }) : undefined;
  const headers = { authorization, 'content-type': 'application/json' };
  return sandbox.handle(new Request(`https://graph.microsoft.com${path}`, { method, headers, body }));
}

/** A path of the table with values in it. */
const filled = (path: string) =>
  path
    .replace('{tenant}', 'contoso.example')
    .replace('{user}', 'app@contoso.example')
    .replace('{folder}', 'drafts')
    .replace('{messageId}', '1')
    .replace('{sessionId}', '1');

describe('the table of routes', () => {
  test('has a request for each name that faults know, and no other names', () => {
    const named = ROUTES.flatMap(({ fault }) => fault ?? []);
    expect([...new Set(named)].sort()).toEqual([...REQUEST_NAMES].sort());
  });

  test('has each request once', () => {
    const requests = ROUTES.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(requests).size).toBe(requests.length);
  });

  test.each(ROUTES)(
    'decides that faults for $fault apply to $method $path',
    async ({ method, path, fault }) => {
      const sandbox = createSandbox();
      for (const name of REQUEST_NAMES) {
        sandbox.failNext(name, { kind: 'answer', status: 418, code: name });
      }
      const answer = await sandbox.handle(new Request(`https://any.example${filled(path)}`, { method }));
      expect(sandbox.requests).toMatchObject([fault === undefined ? { fault } : { fault: { code: fault } }]);
      expect(answer.status === 418).toBe(fault !== undefined);
    },
  );

  test.each(ROUTES)('implements $method $path, and no PURGE there', async ({ method, path }) => {
    const sandbox = createSandbox();
    const isUpload = path.startsWith('/upload/');
    const headers = isUpload ? undefined : { authorization: `Bearer ${await tokenFor(sandbox)}` };
    const statusOf = async (verb: string) =>
      (await sandbox.handle(new Request(`https://any.example${filled(path)}`, { method: verb, headers })))
        .status;
    expect([405, 501]).not.toContain(await statusOf(method));
    expect([405, 501]).toContain(await statusOf('PURGE'));
  });
});

describe('a request under /v1.0 or /beta', () => {
  test.each([
    '/v1.0/users/app%40contoso.example/sendMail',
    '/v1.0/users/app@contoso.example/sendmail',
    '/V1.0/Users/app@contoso.example/SendMail?x=1',
    '/v1.0/users/app@contoso.example/microsoft.graph.sendMail',
    "/v1.0/users('app@contoso.example')/sendMail",
    "/v1.0/users('app%40contoso.example')/Microsoft.Graph.SendMail",
    "/v1.0/users('a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01')/sendMail",
  ])('sends by %s', async (path) => {
    expect((await ask('POST', path)).status).toBe(202);
  });

  test.each(['/v1.0/me/sendMail', '/v1.0/me', '/beta/ME/messages'])(
    'is refused for the app without a user at %s',
    async (path) => {
      expect(await refusal(ask('POST', path))).toEqual({
        status: 400,
        code: 'BadRequest',
        message: '/me request is only valid with delegated authentication flow.',
      });
    },
  );

  test.each([
    ['POST', '/v1.0/users/app@contoso.example/messages/'],
    ['POST', '/v1.0/users/app@contoso.example/messages//send'],
    ['POST', '/v1.0/users/app@contoso.example/messages/1'],
    ['PUT', '/v1.0/users/app@contoso.example/messages/1'],
    ['PATCH', '/v1.0/users/app@contoso.example/messages'],
    ['POST', '/v1.0/users/app@contoso.example/messages/1/forward'],
    ['DELETE', '/v1.0/users/app@contoso.example/messages/1/attachments'],
    ['GET', '/v1.0/users/app@contoso.example/messages/1/attachments/1'],
    ['POST', '/v1.0/users/app@contoso.example/mailFolders/drafts/messages'],
    ['POST', '/beta/users/app@contoso.example/messages'],
    ['POST', '/v1.0/users//sendMail'],
    ['POST', '/v1.0/groups/app@contoso.example/sendMail'],
    ['POST', '/v1.0/$batch'],
    ['GET', '/v1.0/users/app@contoso.example/messages/delta'],
    ['GET', '/v1.0/users/app@contoso.example/messages/$count'],
    ['GET', '/v1.0/users/app@contoso.example/messages/1/subject'],
    ['GET', '/v1.0/users/app@contoso.example/mailFolders/inbox/messages/1/$value'],
    ['GET', '/v1.0/users/app@contoso.example/calendar/events'],
    ['GET', '/v1.0/users'],
    ['POST', "/v1.0/users('')/sendMail"],
    ['PATCH', '/v1.0/users/app@contoso.example'],
    ['POST', '/beta/users/app@contoso.example/sendMail'],
    ['GET', '/v1.0'],
  ])('says that the sandbox does not implement %s %s', async (method, path) => {
    expect(await refusal(ask(method, path))).toEqual({
      status: 501,
      code: 'notSupported',
      message: expect.stringContaining(`does not implement ${method} ${path}.`),
    });
  });

  test.each([
    ['/v1.0/sendMail', 'sendMail'],
    ['/v1.0/mex/sendMail', 'mex'],
    ['/v1.0/users2/app@contoso.example/sendMail', 'users2'],
    ['/v1.0/superusers/app@contoso.example/sendMail', 'superusers'],
    ['/v1.0/users/app@contoso.example/messages2', 'messages2'],
    ['/v1.0/users/app@contoso.example/sendMail2', 'sendMail2'],
    ['/v1.0/users/app@contoso.example/sendMail/more', 'more'],
    ['/v1.0/users/app@contoso.example/microsoft.graph.resendMail', 'microsoft.graph.resendMail'],
    ['/v1.0/users/app@contoso.example/messages/1/send/more', 'more'],
    ['/v1.0/users/app@contoso.example/messages/1/post', 'post'],
    ['/v1.0/users/app@contoso.example/messages/1/attachments/1/bytes', 'bytes'],
    ['/v1.0/users/app@contoso.example/messages/1/attachments/createUploadSession/more', 'more'],
    ['/v1.0/users/app@contoso.example/mailFolders/drafts/mails', 'mails'],
    ['/v1.0/users/app@contoso.example/mailFolders/drafts/messages/1/post', 'post'],
    ["/v1.0/users('app@contoso.example')/sent", 'sent'],
    ['/v1.0/users/app@contoso.example/constructor', 'constructor'],
  ])('finds no segment in %s', async (path, segment) => {
    expect(await refusal(ask('POST', path))).toEqual({
      status: 400,
      code: 'BadRequest',
      message: `Resource not found for the segment '${segment}'.`,
    });
  });

  describe.each([
    '/v1.0/users/app@contoso.example/sendMail',
    '/v1.0/users/app@contoso.example/messages/1/send',
    '/v1.0/users/app@contoso.example/messages/1/attachments/createUploadSession',
  ])('the action %s', (path) => {
    test.each(['GET', 'PUT', 'PATCH', 'DELETE'])('takes no %s', async (method) => {
      const response = await ask(method, path);
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
    });
  });

  test.each([
    '/v1.0/me',
    '/v1.0/nothing',
    '/v1.0/users/x',
    '/v1.0/users/x/messages',
    '/v1.0/users/x/messages/1',
    '/v1.0/users/x/messages/1/send',
    '/v1.0/users/x/sendMail',
  ])('is refused without a token before anything else at %s', async (path) => {
    const request = new Request(`https://graph.microsoft.com${path}`);
    expect((await createSandbox().handle(request)).status).toBe(401);
  });
});

test.each([
  '/',
  '/favicon.ico',
  '/v2.0/users/x/sendMail',
  '/v1.01/users/x/sendMail',
  '/xbeta/users/x/sendMail',
  '/contoso.example/discovery/instance',
  '/common/discovery/keys',
  '/contoso.example/oauth2/token',
  '/upload/1/2',
  '/upload',
  '/v1.0/users/%/sendMail',
])('finds nothing at %s', async (path) => {
  expect(await refusal(ask('POST', path))).toMatchObject({ status: 404, code: 'NotFound' });
});

describe('a key in parentheses', () => {
  test.each([
    ["users('app@contoso.example')/messages('ID')"],
    ["users/app@contoso.example/messages('ID')"],
    ["users('app@contoso.example')/messages/ID"],
  ])('leads to a message: %s', async (path) => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const headers = { authorization: `Bearer ${await tokenFor(sandbox)}` };
    const at = (rest: string, method = 'GET') =>
      sandbox.handle(
        new Request(`https://graph.microsoft.com/v1.0/${path.replace('ID', id)}${rest}`, { method, headers }),
      );
    expect(await (await at('')).json()).toMatchObject({ id });
    expect((await at('/microsoft.graph.send', 'POST')).status).toBe(202);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('leads to a folder and to an upload session', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox);
    const found = await (await askBelow(sandbox, 'GET', "mailFolders('drafts')/messages")).json();
    expect(found.value).toMatchObject([{ id }]);
    const AttachmentItem = { attachmentType: 'file', name: 'a', size: 3_000_000 };
    const path = `messages('${id}')/attachments/microsoft.graph.createUploadSession`;
    expect((await askBelow(sandbox, 'POST', path, { AttachmentItem })).status).toBe(201);
  });

  test('holds a quote twice', async () => {
    const userPrincipalName = "o'neil@contoso.example";
    const mailbox = { id: '11111111-2222-3333-4444-555555555555', userPrincipalName, displayName: 'Neil' };
    const sandbox = createSandbox({ mailboxes: [mailbox] });
    const headers = {
      authorization: `Bearer ${await tokenFor(sandbox)}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ message: LUNCH });
    const url = "https://graph.microsoft.com/v1.0/users('o''neil@contoso.example')/sendMail";
    expect((await sandbox.handle(new Request(url, { method: 'POST', headers, body }))).status).toBe(202);
    expect(sandbox.messages).toMatchObject([{ mailbox: userPrincipalName }]);
  });
});
