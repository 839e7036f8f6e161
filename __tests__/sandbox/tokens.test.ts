import { createSandbox, type Sandbox } from '../../src/sandbox';
import { LUNCH, refusal, send, tokenFor } from './support';

const CLAIMS = JSON.stringify({ access_token: { nbf: { essential: true, value: '1767225600' } } });

const sendWith = (sandbox: Sandbox, token: string) =>
  send(sandbox, LUNCH, { authorization: `Bearer ${token}` });

describe('tokens that were revoked', () => {
  test('are refused, and those issued later are taken', async () => {
    const sandbox = createSandbox();
    const revoked = [await tokenFor(sandbox), await tokenFor(sandbox)];
    sandbox.revokeTokens();
    for (const token of revoked) {
      expect(await refusal(sendWith(sandbox, token))).toEqual({
        status: 401,
        code: 'InvalidAuthenticationToken',
        message: 'Access token has been revoked.',
      });
    }
    expect((await sendWith(sandbox, await tokenFor(sandbox))).status).toBe(202);
  });

  test('stay so after clear', async () => {
    const sandbox = createSandbox();
    const token = await tokenFor(sandbox);
    sandbox.revokeTokens();
    sandbox.clear();
    expect((await sendWith(sandbox, token)).status).toBe(401);
  });
});

describe('a claims challenge', () => {
  test('tells the claims that the next token is to be asked for with', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'challenge', claims: CLAIMS });
    const response = await send(sandbox, LUNCH);
    const header = response.headers.get('www-authenticate') ?? '';
    expect(header).toMatch(
      /^Bearer realm="", authorization_uri="https:[^"]+\/common\/oauth2\/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="[^"]+"$/,
    );
    const [, claims = ''] = /claims="([^"]+)"/.exec(header) ?? [];
    expect(Buffer.from(claims, 'base64').toString()).toBe(CLAIMS);
    expect(await refusal(response)).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' });
    expect(sandbox.messages).toEqual([]);
  });

  test('is repeated until a token was asked for with the claims', async () => {
    const sandbox = createSandbox();
    const before = await tokenFor(sandbox);
    sandbox.failNext('send-mail', { kind: 'challenge', claims: CLAIMS });
    await sendWith(sandbox, before);
    for (const token of [
      before,
      await tokenFor(sandbox),
      await tokenFor(sandbox, { claims: '{"access_token":{}}' }),
    ]) {
      const response = await sendWith(sandbox, token);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('claims="');
    }
    expect((await sendWith(sandbox, await tokenFor(sandbox, { claims: CLAIMS }))).status).toBe(202);
  });

  test('is met by claims among others, as clients add some of their own', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'challenge', claims: CLAIMS });
    await send(sandbox, LUNCH);
    const { access_token: asked } = JSON.parse(CLAIMS);
    const claims = JSON.stringify({ access_token: { xms_cc: { values: ['CP1'] }, ...asked } });
    expect((await sendWith(sandbox, await tokenFor(sandbox, { claims }))).status).toBe(202);
  });

  test('is forgotten by clear', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', { kind: 'challenge', claims: CLAIMS });
    await send(sandbox, LUNCH);
    sandbox.clear();
    expect((await send(sandbox, LUNCH)).status).toBe(202);
  });
});
