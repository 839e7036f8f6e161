import { createPublicKey, verify } from 'node:crypto';
import { createSandbox } from '../../src/sandbox';
import { askForToken, LUNCH, send, tokenFor } from './support';

const AUTHORITY = 'https://login.microsoftonline.com';

/** The header and the claims of a token, as any JWT library would read them. */
function readToken(token: string): { header: unknown; claims: unknown } {
  const [header, claims] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString())
    .slice(0, 2)
    .map((json) => JSON.parse(json));
  return { header, claims };
}

describe('the token endpoint', () => {
  test('issues a bearer token for Graph that lives as long as it says', async () => {
    const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 1), tokenLifetime: 600 });
    const response = await askForToken(sandbox);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store, no-cache');
    const answer = await response.json();
    expect(answer).toEqual({
      token_type: 'Bearer',
      expires_in: 600,
      ext_expires_in: 600,
      access_token: expect.any(String),
    });
    const issuedAt = Date.UTC(2026, 0, 1) / 1000;
    const { header, claims } = readToken(answer.access_token);
    expect(header).toEqual({ typ: 'JWT', alg: 'EdDSA', kid: expect.any(String) });
    expect(claims).toEqual({
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${sandbox.options.tenantId}/`,
      tid: sandbox.options.tenantId,
      appid: sandbox.options.clientId,
      idtyp: 'app',
      roles: ['Mail.Send', 'Mail.ReadWrite'],
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + 600,
      uti: '1',
    });
  });

  test('leaves the roles out of the token of an app without consent', async () => {
    const { claims } = readToken(await tokenFor(createSandbox({ roles: [] })));
    expect(claims).not.toHaveProperty('roles');
  });

  test.each(['fabrikam.example', 'FABRIKAM.example'])(
    'takes the domain %s for the tenant',
    async (domain) => {
      const sandbox = createSandbox({ tenantDomain: 'fabrikam.example' });
      expect((await askForToken(sandbox, {}, domain)).status).toBe(200);
    },
  );

  test.each([
    ['http://127.0.0.1:4250', 200],
    ['https://graph.example', 200],
    ['https://graph.microsoft.us', 400],
    ['https://dod-graph.microsoft.us', 400],
    ['https://microsoftgraph.chinacloudapi.cn', 400],
  ])('takes the documented scope of the public Graph for %s: %i', async (graphEndpoint, status) => {
    const sandbox = createSandbox({ graphEndpoint });
    const response = await askForToken(sandbox, { scope: 'https://graph.microsoft.com/.default' });
    expect(response.status).toBe(status);
    if (status !== 200) return;
    const authorization = `Bearer ${(await response.json()).access_token}`;
    expect((await send(sandbox, LUNCH, { authorization })).status).toBe(202);
  });

  test('takes a client id in capitals', async () => {
    const sandbox = createSandbox();
    const client_id = sandbox.options.clientId.toUpperCase();
    expect((await askForToken(sandbox, { client_id })).status).toBe(200);
  });

  test.each([
    ['another tenant', {}, 'fabrikam.example', 400, 'invalid_request', 90002],
    ['common for a tenant', {}, 'common', 400, 'invalid_request', 9001023],
    ['consumers for a tenant', {}, 'consumers', 400, 'invalid_request', 9001023],
    ['organizations for a tenant', {}, 'Organizations', 400, 'invalid_request', 9001023],
    ['no grant type', { grant_type: undefined }, undefined, 400, 'invalid_request', 900144],
    ['a password grant', { grant_type: 'password' }, undefined, 400, 'unsupported_grant_type', 70003],
    ['no client id', { client_id: undefined }, undefined, 400, 'invalid_request', 900144],
    ['an unknown client', { client_id: 'someone' }, undefined, 400, 'unauthorized_client', 700016],
    ['no secret', { client_secret: undefined }, undefined, 401, 'invalid_client', 7000218],
    ['an empty secret', { client_secret: '' }, undefined, 401, 'invalid_client', 7000218],
    ['a wrong secret', { client_secret: 'guess' }, undefined, 401, 'invalid_client', 7000215],
    ['no scope', { scope: undefined }, undefined, 400, 'invalid_request', 900144],
    ['a scope of one permission', { scope: 'Mail.Send' }, undefined, 400, 'invalid_scope', 70011],
    [
      'the scopes of two resources',
      { scope: 'https://graph.microsoft.com/.default https://outlook.office365.com/.default' },
      undefined,
      400,
      'invalid_scope',
      70011,
    ],
    [
      "another cloud's Graph",
      { scope: 'https://graph.microsoft.us/.default' },
      undefined,
      400,
      'invalid_resource',
      500011,
    ],
  ])('refuses %s', async (_what, changes, tenant, status, error, number) => {
    const response = await askForToken(createSandbox(), changes, tenant);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error, error_codes: [number] });
  });

  test('refuses the right secret once it is expired', async () => {
    const response = await askForToken(createSandbox({ secretState: 'expired' }));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'invalid_client', error_codes: [7000222] });
  });

  test('says of a wrong secret that it is wrong, even where the right one is expired', async () => {
    const response = await askForToken(createSandbox({ secretState: 'expired' }), { client_secret: 'guess' });
    expect(await response.json()).toMatchObject({ error_codes: [7000215] });
  });

  test('describes a refusal in every field that Entra has for it', async () => {
    const sandbox = createSandbox({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
    const request = new Request(`${AUTHORITY}/${sandbox.options.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'client-request-id': '6d2b0b9f-38c5-4f6e-8f0c-111111111111' },
    });
    const response = await sandbox.handle(request);
    expect(response.headers.get('client-request-id')).toBe('6d2b0b9f-38c5-4f6e-8f0c-111111111111');
    const traceId = response.headers.get('x-ms-request-id');
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      error_description: expect.stringMatching(/^AADSTS900144: .*'grant_type'.* Trace ID: .* Timestamp: /),
      error_codes: [900144],
      timestamp: '2026-01-02 03:04:05Z',
      trace_id: traceId,
      correlation_id: '6d2b0b9f-38c5-4f6e-8f0c-111111111111',
      error_uri: 'https://login.microsoftonline.com/error?code=900144',
    });
  });

  test('is correlated by an id that is not that of the trace given none by the client', async () => {
    const response = await askForToken(createSandbox(), { client_id: undefined });
    expect(response.headers.has('client-request-id')).toBe(false);
    const requestId = response.headers.get('x-ms-request-id');
    const refused = await response.json();
    expect(refused).toMatchObject({
      trace_id: requestId,
      correlation_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    });
    expect(refused.correlation_id).not.toBe(requestId);
  });

  test.each([
    ['application/x-www-form-urlencoded; charset=utf-8', 200],
    ['Application/X-WWW-Form-Urlencoded', 200],
    ['application/x-www-form-urlencoded2', 400],
    ['text/application/x-www-form-urlencoded', 400],
    ['application/json', 400],
    ['text/plain', 400],
  ])('given the content type %s answers %i', async (contentType, status) => {
    expect((await askForToken(createSandbox(), {}, undefined, contentType)).status).toBe(status);
  });

  test('does not read a form of more than 64 KiB', async () => {
    const padding = 'x'.repeat(64 * 1024);
    expect((await askForToken(createSandbox(), { padding })).status).toBe(400);
  });

  test('keeps the secret out of the refusal of a request that has it in the wrong field', async () => {
    const clientSecret = 'canary-7Q~secret';
    const sandbox = createSandbox({ clientSecret });
    const swapped = [
      askForToken(sandbox, { client_id: clientSecret }),
      askForToken(sandbox, { scope: clientSecret }),
      askForToken(sandbox, { grant_type: clientSecret }),
      askForToken(sandbox, {}, clientSecret),
    ];
    for (const response of await Promise.all(swapped)) {
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(clientSecret);
    }
  });

  test('takes no GET', async () => {
    const { tenantId } = createSandbox().options;
    const response = await createSandbox().handle(new Request(`${AUTHORITY}/${tenantId}/oauth2/v2.0/token`));
    expect(response.status).toBe(405);
  });
});

describe('the OpenID configuration', () => {
  test('names the endpoints of the authority over https where the sandbox itself speaks http', async () => {
    const sandbox = createSandbox({ authorityHost: 'http://127.0.0.1:8025/' });
    const url = 'http://127.0.0.1:8025/contoso.example/v2.0/.well-known/openid-configuration';
    const response = await sandbox.handle(new Request(url));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      issuer: 'https://127.0.0.1:8025/contoso.example/v2.0',
      authorization_endpoint: 'https://127.0.0.1:8025/contoso.example/oauth2/v2.0/authorize',
      token_endpoint: 'https://127.0.0.1:8025/contoso.example/oauth2/v2.0/token',
      jwks_uri: 'https://127.0.0.1:8025/contoso.example/discovery/v2.0/keys',
    });
  });

  test.each(['common', 'fabrikam.example'])(
    'is there for %s too, whose clients are told of their mistake by the token endpoint',
    async (tenant) => {
      const url = `${AUTHORITY}/${tenant}/v2.0/.well-known/openid-configuration`;
      const response = await createSandbox().handle(new Request(url));
      expect(await response.json()).toMatchObject({
        token_endpoint: `${AUTHORITY}/${tenant}/oauth2/v2.0/token`,
      });
    },
  );

  describe('leads to the key set', () => {
    /** The key that the document names for a token, as a JWT library would look it up, and the algorithms it names. */
    async function keyFor(token: string, sandbox = createSandbox()) {
      const get = async (url: string) => (await sandbox.handle(new Request(url))).json();
      const document = await get(`${AUTHORITY}/contoso.example/v2.0/.well-known/openid-configuration`);
      const { keys } = await get(document.jwks_uri);
      const { header } = readToken(token);
      const key = keys.find(({ kid }: { kid: string }) => kid === Object(header).kid);
      return { key, algorithms: document.id_token_signing_alg_values_supported, header: Object(header) };
    }

    function isSignedBy(token: string, key: JsonWebKey): boolean {
      const [header, claims, signature = ''] = token.split('.');
      const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
      return verify(null, Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
    }

    test('that its tokens are signed with', async () => {
      const sandbox = createSandbox();
      const token = await tokenFor(sandbox);
      const { key, algorithms, header } = await keyFor(token, sandbox);
      expect(key).toMatchObject({ use: 'sig', alg: header.alg });
      expect(algorithms).toEqual([header.alg]);
      expect(key).not.toHaveProperty('d');
      expect(isSignedBy(token, key)).toBe(true);
      expect(isSignedBy(`${token.slice(0, 60)}A${token.slice(61)}`, key)).toBe(false);
    });

    test('which is its own: a token of another sandbox is signed with another key, and refused', async () => {
      const sandbox = createSandbox();
      const foreign = await tokenFor(createSandbox());
      expect((await keyFor(foreign, sandbox)).key).toBeUndefined();
      const answer = await send(sandbox, LUNCH, { authorization: `Bearer ${foreign}` });
      expect(answer.status).toBe(401);
      expect(sandbox.requests.at(-1)?.rule).toBe('token-signature');
    });
  });

  test('takes no POST', async () => {
    const url = `${AUTHORITY}/contoso.example/v2.0/.well-known/openid-configuration`;
    expect((await createSandbox().handle(new Request(url, { method: 'POST' }))).status).toBe(405);
  });
});

describe('instance discovery', () => {
  test.each([
    [
      'the tenant that was asked for',
      'https://x.example/contoso.example/oauth2/v2.0/authorize',
      'contoso.example',
    ],
    ['its own tenant given none', '', createSandbox().options.tenantId],
  ])('leads to the configuration of %s', async (_what, asked, tenant) => {
    const query = new URLSearchParams({ 'api-version': '1.1', authorization_endpoint: asked });
    const response = await createSandbox({ authorityHost: 'http://127.0.0.1:8025' }).handle(
      new Request(`${AUTHORITY}/common/discovery/instance?${query}`),
    );
    expect(await response.json()).toMatchObject({
      tenant_discovery_endpoint: `https://127.0.0.1:8025/${tenant}/v2.0/.well-known/openid-configuration`,
      metadata: [{ preferred_network: '127.0.0.1:8025', aliases: ['127.0.0.1:8025'] }],
    });
  });
});
