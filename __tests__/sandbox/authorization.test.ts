import { createSandbox, type SandboxOptions } from '../../src/sandbox';
import { LUNCH, refusal, send, tokenFor } from './support';

const HOUR = 3_600_000;

function withClock(options: SandboxOptions = {}) {
  const clock = { time: Date.UTC(2026, 0, 1) };
  return { clock, sandbox: createSandbox({ ...options, now: () => clock.time }) };
}

describe('the bearer token', () => {
  test.each([
    ['no Authorization header', null],
    ['an empty one', ''],
    ['a scheme without a token', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
    ['a scheme that only ends like it', 'XBearer a.b.c'],
    ['two tokens', 'Bearer a b'],
  ])('is missed given %s', async (_what, authorization) => {
    expect(await refusal(send(createSandbox(), LUNCH, { authorization }))).toEqual({
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: 'Access token is empty.',
    });
  });

  test.each([
    'opaque',
    'a.b.c',
    'bm90IGpzb24.eyJhIjoxfQ.c',
    'eyJhIjoxfQ.bm90IGpzb24.c',
    'eyJhIjoxfQ.eyJhIjoxfQ.c.d',
  ])('is unreadable given %s', async (token) => {
    expect(await refusal(send(createSandbox(), LUNCH, { authorization: `Bearer ${token}` }))).toMatchObject({
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: expect.stringMatching(/^CompactToken parsing failed/),
    });
  });

  test('is refused with the signature of another sandbox', async () => {
    const authorization = `Bearer ${await tokenFor(createSandbox())}`;
    expect(await refusal(send(createSandbox(), LUNCH, { authorization }))).toMatchObject({
      status: 401,
      message: 'Access token validation failure. Invalid signature.',
    });
  });

  test('is refused with claims that were changed', async () => {
    const sandbox = createSandbox({ roles: [] });
    const [header, , signature] = (await tokenFor(sandbox)).split('.');
    const claims = { aud: 'https://graph.microsoft.com', exp: 9_999_999_999, roles: ['Mail.Send'] };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const authorization = `Bearer ${header}.${payload}.${signature}`;
    expect((await send(sandbox, LUNCH, { authorization })).status).toBe(401);
  });

  test('is refused when it was issued for Outlook, as apps ask for that send by SMTP', async () => {
    const sandbox = createSandbox();
    const token = await tokenFor(sandbox, { scope: 'https://outlook.office365.com/.default' });
    expect(await refusal(send(sandbox, LUNCH, { authorization: `Bearer ${token}` }))).toEqual({
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: 'Access token validation failure. Invalid audience.',
    });
  });

  test('is taken until its last second and refused from then on', async () => {
    const { clock, sandbox } = withClock({ tokenLifetime: 3600 });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    clock.time += HOUR - 1;
    expect((await send(sandbox, LUNCH, { authorization })).status).toBe(202);
    clock.time += 1;
    expect(await refusal(send(sandbox, LUNCH, { authorization }))).toEqual({
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: 'Lifetime validation failed, the token is expired.',
    });
  });

  test('is expired from the start given a lifetime of zero', async () => {
    expect((await send(createSandbox({ tokenLifetime: 0 }), LUNCH)).status).toBe(401);
  });

  test('is taken with its scheme in small letters', async () => {
    const sandbox = createSandbox();
    const authorization = `bearer ${await tokenFor(sandbox)}`;
    expect((await send(sandbox, LUNCH, { authorization })).status).toBe(202);
  });

  test('names the scheme that it wants', async () => {
    const response = await send(createSandbox(), LUNCH, { authorization: null });
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
        'client_id="00000003-0000-0000-c000-000000000000"',
    );
  });

  test('is refused with what Graph tells of the token in place of the usual ids', async () => {
    const { sandbox } = withClock();
    const response = await send(sandbox, LUNCH, { authorization: 'Bearer opaque' });
    const requestId = response.headers.get('request-id');
    const { innerError } = (await response.json()).error;
    expect(innerError).toEqual({
      oAuthEventOperationId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      oAuthEventcV: expect.stringMatching(/^[\w+/]{22}\.1\.1$/),
      errorUrl: expect.stringMatching(/^https:\/\/aka\.ms\/autherrors#/),
      requestId,
      date: '2026-01-01T00:00:00',
    });
  });
});

describe('the roles of the token', () => {
  test('must not be missing', async () => {
    expect(await refusal(send(createSandbox({ roles: [] }), LUNCH))).toMatchObject({
      status: 401,
      code: 'NoPermissionsInAccessToken',
    });
  });

  test('must hold Mail.Send', async () => {
    const sandbox = createSandbox({ roles: ['Mail.ReadWrite', 'User.Read.All'] });
    expect(await refusal(send(sandbox, LUNCH))).toMatchObject({ status: 403, code: 'ErrorAccessDenied' });
  });

  test('are looked at before the size of the body', async () => {
    const sandbox = createSandbox({ roles: [], limits: { requestBytes: 1 } });
    expect((await send(sandbox, LUNCH)).status).toBe(401);
  });
});
