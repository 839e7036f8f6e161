import { createSandbox } from '../../src/sandbox';
import { LUNCH, refusal, tokenFor } from './support';

async function ask(method: string, path: string) {
  const sandbox = createSandbox();
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  const body = method === 'POST' ? JSON.stringify({ message: LUNCH }) : undefined;
  const headers = { authorization, 'content-type': 'application/json' };
  return sandbox.handle(new Request(`https://graph.microsoft.com${path}`, { method, headers, body }));
}

describe('a request under /v1.0 or /beta', () => {
  test.each([
    '/v1.0/users/app%40contoso.example/sendMail',
    '/v1.0/users/app@contoso.example/sendmail',
    '/V1.0/Users/app@contoso.example/SendMail?x=1',
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
    ['GET', '/v1.0/users/app@contoso.example/messages'],
    ['POST', '/v1.0/users/app@contoso.example/messages/'],
    ['POST', '/v1.0/users/app@contoso.example/messages//send'],
    ['POST', '/v1.0/users/app@contoso.example/messages/1'],
    ['PUT', '/v1.0/users/app@contoso.example/messages/1'],
    ['PATCH', '/v1.0/users/app@contoso.example/messages'],
    ['POST', '/v1.0/users/app@contoso.example/messages/1/send/more'],
    ['POST', '/v1.0/users/app@contoso.example/messages/1/forward'],
    ['DELETE', '/v1.0/users/app@contoso.example/messages/1/attachments'],
    ['GET', '/v1.0/users/app@contoso.example/messages/1/attachments/1'],
    ['POST', '/v1.0/users/app@contoso.example/mailFolders/drafts/messages'],
    ['POST', '/v1.0/users/app@contoso.example/messages2'],
    ['POST', '/beta/users/app@contoso.example/messages'],
    ['POST', '/v1.0/users/app@contoso.example/sendMail/more'],
    ['POST', '/v1.0/users//sendMail'],
    ['POST', '/v1.0/groups/app@contoso.example/sendMail'],
    ['GET', '/v1.0/users/app@contoso.example'],
    ['POST', '/v1.0/$batch'],
    ['POST', '/v1.0/mex/sendMail'],
    ['POST', '/v1.0/some/sendMail'],
    ['POST', '/v1.0/users2/app@contoso.example/sendMail'],
    ['POST', '/v1.0/superusers/app@contoso.example/sendMail'],
    ['POST', '/v1.0/users/app@contoso.example/sendMail2'],
    ['POST', '/v1.0/users/app@contoso.example/resendMail'],
    ['POST', '/beta/users/app@contoso.example/sendMail'],
    ['GET', '/v1.0'],
  ])('says that the sandbox does not play %s %s', async (method, path) => {
    expect(await refusal(ask(method, path))).toEqual({
      status: 501,
      code: 'notSupported',
      message: expect.stringContaining(`does not play ${method} ${path}.`),
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
