import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { standInFor } from '../../src/auth/azure-identity';
import type { Load } from '../../src/late-packages';

const typescript = join(__dirname, '../support/typescript.cjs');
const source = (name: string) => JSON.stringify(join(__dirname, '../../src', name));

/** What a new process prints as JSON: Jest's own modules take no stand-ins. */
function printed<T>(script: string): T {
  return JSON.parse(
    execFileSync(process.execPath, ['--require', typescript, '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '', HTTPS_PROXY: '', https_proxy: '' },
    }),
  );
}

/** Gets a token with a client secret, from an Entra of its own. */
const GET_TOKEN = `
  const { createDispatcher } = require(${source('network/dispatcher.ts')});
  const { createCredential } = require(${source('auth/credential.ts')});
  const server = require('node:http').createServer((request, response) => {
    const tenant = 'https://' + request.headers.host + '/tenant';
    response.setHeader('content-type', 'application/json').end(JSON.stringify(request.method === 'GET'
      ? { issuer: tenant + '/v2.0', authorization_endpoint: tenant + '/authorize', token_endpoint: tenant + '/token', jwks_uri: tenant + '/keys' }
      : { token_type: 'Bearer', expires_in: 3599, access_token: 'the token' }));
  });
  server.listen(0, '127.0.0.1', async () => {
    const authorityHost = 'http://127.0.0.1:' + server.address().port;
    const dispatcher = createDispatcher({}, {});
    const identity = { kind: 'secret', tenantId: 'tenant', clientId: 'client', clientSecret: 'secret', authorityHost };
    const { token } = await createCredential(identity, dispatcher, 5000).getToken('https://graph.example/.default');
    await dispatcher.close();
    server.close();
    done(token);
  });`;

test('a token for a client secret takes neither the other credentials nor what signs, proxies or sends forms', () => {
  const { token, files, builtIn } = printed<{ token: string; files: string[]; builtIn: string[] }>(`
    const done = (token) => console.log(JSON.stringify({
      token,
      files: Object.keys(require.cache).map((name) => name.split(/node_modules[/\\\\]/).at(-1)),
      builtIn: process.moduleLoadList,
    }));
    ${GET_TOKEN}`);
  expect(token).toBe('the token');
  const azure = files.filter((name) => name.startsWith('@azure'));
  expect(azure).toContain(join('@azure/identity/dist/commonjs/credentials/clientSecretCredential.js'));
  const notNeeded =
    /jsonwebtoken|proxy-agent|getClient|[hH]ttpClient\.js|sha256|(agent|tls)Policy|credentials.(?!clientSecret|managed.*utils)\w+Credential\b/;
  expect(files.filter((name) => notNeeded.test(name))).toEqual([]);
  // Node's own fetch, of which FormData is a part.
  expect(builtIn.filter((name) => name.includes('undici'))).toEqual([]);
});

test("the app finds everything in Microsoft's packages, and it works", () => {
  const look = `
    const { createRequire } = require('node:module');
    const { generateKeyPairSync } = require('node:crypto');
    const azure = require('@azure/identity');
    const inIdentity = createRequire(require.resolve('@azure/identity'));
    const runtime = createRequire(inIdentity.resolve('@azure/core-rest-pipeline'));
    const exportsOf = (load, id) => Object.entries(load(id)).map(([name, value]) => id + ' ' + name + ' ' + typeof value);
    const { formDataPolicy, proxyPolicy, tlsPolicy, createFile } = require('@azure/core-rest-pipeline');
    const { ConfidentialClientApplication } = require('@azure/msal-node');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    (async () => {
      const form = new FormData();
      form.append('a', '1');
      const request = { body: form, headers: new Map() };
      await formDataPolicy().sendRequest(request, async () => undefined).catch(() => undefined);
      const proxied = { url: 'https://a.example' };
      await proxyPolicy({ host: 'http://proxy.example', port: 80 }).sendRequest(proxied, async () => undefined);
      let sent;
      const app = new ConfidentialClientApplication({
        auth: {
          clientId: 'client',
          authority: 'https://login.microsoftonline.com/tenant',
          clientCertificate: { thumbprintSha256: 'ab'.repeat(32), privateKey: key },
        },
        system: {
          networkClient: {
            sendGetRequestAsync: async () => ({ status: 404, headers: {}, body: {} }),
            sendPostRequestAsync: async (_, { body }) => {
              sent = new URLSearchParams(body);
              return { status: 200, headers: {}, body: { token_type: 'Bearer', expires_in: 3599, access_token: 'token' } };
            },
          },
        },
      });
      await app.acquireTokenByClientCredential({ scopes: ['https://graph.example/.default'] });
      console.log(JSON.stringify({
        exports: [
          ...exportsOf(require, '@azure/identity'),
          ...exportsOf(inIdentity, '@azure/core-client'),
          ...exportsOf(inIdentity, '@azure/core-rest-pipeline'),
          ...exportsOf(inIdentity, '@azure/core-util'),
          ...exportsOf(runtime, '@typespec/ts-http-runtime'),
          ...exportsOf(runtime, '@typespec/ts-http-runtime/internal/policies'),
          ...exportsOf(runtime, '@typespec/ts-http-runtime/internal/util'),
        ],
        hash: await inIdentity('@azure/core-util').computeSha256Hash('a', 'hex'),
        file: createFile(new Uint8Array(3), 'a.txt').size,
        policy: tlsPolicy({ ca: 'a' }).name,
        secret: new azure.ClientSecretCredential('t', 'c', 's') instanceof azure.ClientSecretCredential,
        other: new azure.DefaultAzureCredential() instanceof azure.ChainedTokenCredential,
        body: typeof request.body,
        agent: proxied.agent?.constructor.name,
        signed: sent.get('client_assertion')?.split('.').length,
      }));
    })();`;
  const late = printed<object>(`require(${source('auth/azure-identity.ts')}).loadAzureIdentity(); ${look}`);
  expect(late).toEqual(printed(look));
  expect(late).toMatchObject({
    secret: true,
    other: true,
    agent: 'HttpsProxyAgent',
    signed: 3,
    policy: 'tlsPolicy',
  });
});

test.each<[string, boolean]>([
  ['./credentials/clientSecretCredential.js', false],
  ['./credentials/clientCertificateCredential.js', true],
  ['./credentials/clientSecretCredentialOptions.js', true],
  ['../credentials/managedIdentityCredential/index.js', false],
  ['jsonwebtoken', true],
  ['https-proxy-agent', true],
  ['http-proxy-agent', true],
  ['./client/getClient.js', true],
  ['./nodeHttpClient.js', true],
  ['./policies/tlsPolicy.js', true],
  ['./agentPolicy.js', true],
  ['./operationHelpers.js', true],
  ['./serializer.js', true],
  ['./policies/ndJsonPolicy.js', true],
  ['./policies/auxiliaryAuthenticationHeaderPolicy.js', true],
  ['./policies/bearerTokenAuthenticationPolicy.js', true],
  ['./policies/exponentialRetryPolicy.js', true],
  ['./policies/systemErrorRetryPolicy.js', true],
  ['./policies/throttlingRetryPolicy.js', true],
  ['./policies/formDataPolicy.js', false],
  ['@azure/msal-node', false],
])('what a client secret does not take is loaded when it is used: %s, %s', (id, isLate) => {
  let loads = 0;
  const load: Load = () => {
    loads++;
    return JSON.parse('{"name":"loaded"}');
  };
  const late = standInFor(id)?.(load);
  expect(late !== undefined).toBe(isLate);
  expect(loads).toBe(0);
  if (typeof late === 'object' && late !== null) expect(Reflect.get(late, 'name')).toBe('loaded');
});

test("a body is looked at for a form only if it may be one, which loads Node's FormData", () => {
  const seen: unknown[] = [];
  const holder: object = {
    formData: { convertBodyToFormDataMap: (body: unknown) => seen.push(body), other: 'other' },
  };
  const late = standInFor('../formData.js')?.(() => Reflect.get(holder, 'formData'));
  const { convertBodyToFormDataMap: convert, other } = Object(late);
  expect(other).toBe('other');
  for (const body of ['grant_type=client_credentials', undefined, null])
    expect(convert(body)).toBeUndefined();
  expect(seen).toEqual([]);
  const form = new FormData();
  expect(convert(form)).toBe(1);
  expect(seen).toEqual([form]);
});
