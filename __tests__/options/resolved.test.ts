import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY } from '../support/options';

const credential = { getToken: async () => null };
const withoutSecret = { ...IDENTITY, clientSecret: undefined };

test.each([
  [{ cloud: 'usgov' } as const, {}, 'usgov'],
  [{}, { GRAPH_CLOUD: 'china' }, 'china'],
  [{ graphEndpoint: 'https://dod-graph.microsoft.us', credential, clientSecret: undefined }, {}, 'usgov-dod'],
  [{ cloud: 'global' } as const, {}, undefined],
  [{}, {}, undefined],
  [{ graphEndpoint: 'https://graph.contoso.example' }, {}, undefined],
])('%j %j is a cloud other than the global one: %s', (options, env, cloud) => {
  expect(resolveOptions({ ...IDENTITY, ...options }, env).otherCloud).toBe(cloud);
});

test('the app for the trace has what it is not given from the transport', () => {
  const trace = { clientId: ' tracer ', clientSecret: ' its-secret ', credential: undefined };
  const identity = {
    kind: 'secret',
    tenantId: IDENTITY.tenantId,
    clientId: 'tracer',
    clientSecret: 'its-secret',
    authorityHost: 'https://login.microsoftonline.us',
  };
  expect(resolveOptions({ ...IDENTITY, cloud: 'usgov', trace }, {}).trace).toEqual(identity);
  expect(resolveOptions({ ...withoutSecret, cloud: 'usgov', credential, trace }, {}).trace).toEqual(identity);
  const env = { AZURE_AUTHORITY_HOST: 'https://entra.contoso.example/' };
  expect(resolveOptions({ ...withoutSecret, credential, trace }, env).trace).toEqual({
    ...identity,
    authorityHost: 'https://entra.contoso.example',
  });
  const own = { ...trace, tenantId: 'fabrikam.example' };
  expect(resolveOptions({ ...IDENTITY, trace: own }, {}).trace).toMatchObject({
    tenantId: 'fabrikam.example',
  });
  expect(resolveOptions({ ...IDENTITY, trace: { credential } }, {}).trace).toEqual({
    kind: 'credential',
    credential,
  });
  expect('trace' in resolveOptions(IDENTITY, {})).toBe(false);
});

test('the secret of the app for the trace may be fetched, too', async () => {
  const secretOf = async (clientSecret: () => Promise<string>) => {
    const { trace } = resolveOptions({ ...IDENTITY, trace: { clientId: 'x', clientSecret } }, {});
    return trace?.kind === 'secret' && typeof trace.clientSecret === 'function' && trace.clientSecret();
  };
  expect(await secretOf(async () => 'fetched')).toBe('fetched');
});

test.each<[string, object, Record<string, string>]>([
  ['given', { clientSecret: ' given ' }, { AZURE_CLIENT_SECRET: 'other' }],
  ['in-env', { clientSecret: undefined }, { AZURE_CLIENT_SECRET: ' in-env ' }],
  ['in-env', { clientSecret: null }, { AZURE_CLIENT_SECRET: 'in-env' }],
])('the client secret is "%s", from %j %j', (secret, options, env) => {
  expect(resolveOptions({ ...IDENTITY, ...options }, env).identity).toMatchObject({ clientSecret: secret });
});

test.each<[string, object]>([
  ['a function', { clientSecret: () => 'fetched' }],
  ['a function that fetches it', { clientSecret: async () => 'fetched' }],
  ['a promise', { clientSecret: Promise.resolve('fetched') }],
])('the client secret may be %s', async (_what, options) => {
  const { identity } = resolveOptions({ ...IDENTITY, ...options }, {});
  expect(
    identity.kind === 'secret' &&
      typeof identity.clientSecret === 'function' &&
      (await identity.clientSecret()),
  ).toBe('fetched');
});

test('a file that is named as an option goes before the environment', () => {
  const env = { AZURE_CLIENT_SECRET: 'a', AZURE_CLIENT_SECRET_FILE: 'b' };
  const { identity } = resolveOptions({ ...withoutSecret, clientSecretFile: __filename }, env);
  expect(identity).toMatchObject({ clientSecret: expect.any(Function) });
});

test('what is given is trimmed, and a function for the mailbox stays one', () => {
  const userId = () => 'ann@example.com';
  expect(resolveOptions({ ...IDENTITY, userId: ' ann@example.com ' }, {}).userId).toBe('ann@example.com');
  expect(resolveOptions({ ...IDENTITY, userId }, {}).userId).toBe(userId);
  expect(resolveOptions({ ...IDENTITY, proxy: ' proxy.example:3128 ' }, {}).proxy).toBe(
    'http://proxy.example:3128/',
  );
  for (const name of ['.ann@example.com', 'ann@example.com.']) {
    expect(resolveOptions({ ...IDENTITY, userId: name }, {}).userId).toBe(name);
  }
});

test('insecureSandbox is there only where it is on', () => {
  const sandbox = { graphEndpoint: 'http://sandbox', authorityHost: 'http://sandbox' };
  expect(resolveOptions({ ...IDENTITY, ...sandbox, insecureSandbox: true }, {}).insecureSandbox).toBe(true);
  for (const [options, env, isOn] of [
    [sandbox, { GRAPH_INSECURE_SANDBOX: 'true' }, true],
    [{}, { GRAPH_INSECURE_SANDBOX: 'false' }, false],
    [{ insecureSandbox: false }, { GRAPH_INSECURE_SANDBOX: 'true' }, false],
    [{}, {}, false],
  ] as const) {
    expect('insecureSandbox' in resolveOptions({ ...IDENTITY, ...options }, env)).toBe(isOn);
  }
});

test.each([
  [{ address: 'Ann <ann@example.com>' }, { name: 'Ann', address: 'ann@example.com' }],
  [
    { name: 'Bob', address: 'Ann <ann@example.com>' },
    { name: 'Bob', address: 'ann@example.com' },
  ],
  [
    { name: '', address: 'ann@example.com' },
    { name: '', address: 'ann@example.com' },
  ],
  [
    { name: undefined, address: 'ann@example.com' },
    { name: '', address: 'ann@example.com' },
  ],
])('From %j is %j', (from, expected) => {
  const options: object = { ...IDENTITY, from };
  expect(resolveOptions({ ...IDENTITY, ...options }, {}).from).toEqual(expected);
});

test.each<[object, Record<string, string>]>([
  [{ clientSecret: ' canary-1 ', format: 'canary-1' }, {}],
  [{ trace: { clientId: 'x', clientSecret: ' canary-1 ' }, format: 'canary-1' }, {}],
  [{ clientSecret: undefined, format: 'canary-1' }, { AZURE_CLIENT_SECRET: ' canary-1 ' }],
])('a secret given for the wrong option is not quoted: %j %j', (options, env) => {
  expect(() => resolveOptions({ ...IDENTITY, ...options }, env)).toThrow(
    expect.objectContaining({
      code: 'ECONFIG',
      message: 'graphTransport cannot start: format must be auto, json or mime, got "[secret]".',
    }),
  );
});

test('options that are none are refused with ECONFIG, too', () => {
  expect(() => Reflect.apply(resolveOptions, undefined, ['smtp://mail.example', {}])).toThrow(
    expect.objectContaining({ code: 'ECONFIG', message: 'graphTransport takes an object of options.' }),
  );
});
