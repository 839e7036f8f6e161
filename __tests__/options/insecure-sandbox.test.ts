import { isUploadUrl } from '../../src/delivery/upload-url';
import { resolveOptions } from '../../src/options/resolve-options';
import { runCli } from '../support/cli-io';
import { IDENTITY } from '../support/options';

const AT_SANDBOX = {
  ...IDENTITY,
  graphEndpoint: 'http://sandbox:4250',
  authorityHost: 'http://sandbox:4250',
};
const INSECURE = { ...AT_SANDBOX, insecureSandbox: true };
const credential = { getToken: async () => null };

test('plain http to a named host is refused without insecureSandbox, whose name the error tells', () => {
  for (const options of [AT_SANDBOX, { ...AT_SANDBOX, insecureSandbox: false }]) {
    expect(() => resolveOptions(options, {})).toThrow(
      /graphEndpoint must begin with https:\/\/ .*insecureSandbox/,
    );
    expect(() => resolveOptions(options, {})).toThrow(/authorityHost must begin with https:\/\//);
  }
});

test.each([
  ['the option', INSECURE, {}],
  ['the variable', AT_SANDBOX, { GRAPH_INSECURE_SANDBOX: 'true' }],
  ['the option, whatever the variable says', INSECURE, { GRAPH_INSECURE_SANDBOX: 'false' }],
])('it is taken with %s', (_what, options, env) => {
  expect(resolveOptions(options, env)).toMatchObject({
    graphEndpoint: 'http://sandbox:4250',
    insecureSandbox: true,
  });
});

test('the endpoints may come from the environment, and be on two ports of one host, or on this machine', () => {
  const env = {
    GRAPH_INSECURE_SANDBOX: 'true',
    GRAPH_ENDPOINT: 'http://sandbox:1',
    AZURE_AUTHORITY_HOST: 'http://SANDBOX:2',
  };
  expect(resolveOptions(IDENTITY, env)).toMatchObject({
    graphEndpoint: 'http://sandbox:1',
    insecureSandbox: true,
  });
  const here = { graphEndpoint: 'http://127.0.0.1:1', authorityHost: 'http://127.0.0.1:1' };
  expect(resolveOptions({ ...IDENTITY, ...here, insecureSandbox: true }, {})).toMatchObject({
    graphEndpoint: here.graphEndpoint,
    identity: { authorityHost: here.authorityHost },
  });
});

test('options without it have no word of it', () => {
  expect(resolveOptions(IDENTITY, {})).not.toHaveProperty('insecureSandbox');
  expect(resolveOptions(IDENTITY, { GRAPH_INSECURE_SANDBOX: '' })).not.toHaveProperty('insecureSandbox');
  expect(() => resolveOptions(AT_SANDBOX, { GRAPH_INSECURE_SANDBOX: 'false' })).toThrow(
    'must begin with https',
  );
});

const AT_MICROSOFT = [
  ...['https://graph.microsoft.com', 'http://graph.microsoft.com', 'http://GRAPH.microsoft.com:80'],
  ...['http://graph.microsoft.com.', 'https://graph.microsoft.us', 'https://dod-graph.microsoft.us'],
  ...[
    'https://microsoftgraph.chinacloudapi.cn',
    'http://login.microsoftonline.com',
    'http://contoso.ciamlogin.microsoft.com',
  ],
  ...['https://login.partner.microsoftonline.cn', 'http://outlook.office365.com', 'http://sts.windows.net'],
  ...[
    'https://azure.com',
    'https://outlook.office.com',
    'https://outlook.office365.us',
    'https://smtp.outlook.com',
  ],
  ...['https://login.live.com', 'https://management.chinacloudapi.cn', 'https://login.microsoftonline.us'],
];

test.each(AT_MICROSOFT)('it is refused with %s as either endpoint, or as both', (origin) => {
  for (const endpoints of [
    { graphEndpoint: origin },
    { authorityHost: origin },
    { graphEndpoint: origin, authorityHost: origin },
  ]) {
    expect(() => resolveOptions({ ...INSECURE, ...endpoints }, {})).toThrow(
      /insecureSandbox is for a sandbox only/,
    );
  }
});

test.each<[string, object, RegExp]>([
  ['the default endpoints', { graphEndpoint: undefined, authorityHost: undefined }, /is for a sandbox only/],
  ['one default endpoint', { authorityHost: undefined }, /is for a sandbox only/],
  ['a cloud', { cloud: 'global' }, /either insecureSandbox or cloud/],
  ['a credential', { clientSecret: undefined, credential }, /either insecureSandbox or credential/],
  ['https', { graphEndpoint: 'https://sandbox:4250' }, /over http only/],
  ['a public https host', { authorityHost: 'https://login.example.com' }, /over http only/],
  ['two hosts', { authorityHost: 'http://entra:4250' }, /on the same host/],
  ['a word', { insecureSandbox: 'yes' }, /insecureSandbox must be true or false/],
  ['null', { insecureSandbox: null }, /must begin with https/],
])('it is refused with %s', (_what, changes, why) => {
  expect(() => resolveOptions({ ...INSECURE, ...changes }, {})).toThrow(why);
});

test.each<[Record<string, string>, RegExp]>([
  [{ GRAPH_INSECURE_SANDBOX: 'true' }, /is for a sandbox only/],
  [{ GRAPH_INSECURE_SANDBOX: '1' }, /GRAPH_INSECURE_SANDBOX must be true or false/],
  [{ GRAPH_INSECURE_SANDBOX: 'true', GRAPH_CLOUD: 'usgov' }, /either insecureSandbox or cloud/],
])('a variable that was left behind is refused: %j', (env, why) => {
  expect(() => resolveOptions(IDENTITY, env)).toThrow(why);
});

test.each<[string, boolean]>([
  ['http://sandbox:4250/upload/1?authtoken=x', true],
  ['http://SANDBOX:4250/upload/1', true],
  ['http://sandbox:4251/upload/1', false],
  ['http://sandbox/upload/1', false],
  ['https://sandbox:4250/upload/1', false],
  ['http://user@sandbox:4250/upload/1', false],
  ['http://other:4250/upload/1', false],
  ['http://127.0.0.1:4250/upload/1', false],
  ['https://outlook.office.com/upload/1', false],
])('with a sandbox by name, the upload URL %s is taken: %s', (url, isTaken) => {
  expect(isUploadUrl(url, 'http://sandbox:4250', true)).toBe(isTaken);
});

test('a sandbox whose name looks public takes uploads at its own origin only', () => {
  expect(
    isUploadUrl('http://sandbox.example.com:4250/upload/1', 'http://sandbox.example.com:4250', true),
  ).toBe(true);
  expect(isUploadUrl('https://outlook.office.com/upload/1', 'http://sandbox.example.com:4250', true)).toBe(
    false,
  );
});

describe('the command line', () => {
  const env = {
    AZURE_TENANT_ID: IDENTITY.tenantId,
    AZURE_CLIENT_ID: IDENTITY.clientId,
    AZURE_CLIENT_SECRET: IDENTITY.clientSecret,
    GRAPH_USER_ID: IDENTITY.userId,
  };
  // Port 9 of this machine, where nothing listens: the options have been taken when that is what fails.
  const here = { GRAPH_ENDPOINT: 'http://127.0.0.1:9', AZURE_AUTHORITY_HOST: 'http://127.0.0.1:9' };
  const named = { GRAPH_ENDPOINT: 'http://sandbox:9', AZURE_AUTHORITY_HOST: 'http://sandbox:9' };
  const send = (given: Record<string, string>, flags: string[] = [], files: Record<string, string> = {}) =>
    runCli(['send', '--to', 'ann@example.com', '--text', 'x', '--attempts', '1', ...flags], {
      env: given,
      files,
    });

  test('refuses a name without it, and a flag or variable of it with endpoints of Microsoft', async () => {
    expect(await send({ ...env, ...named })).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining('insecureSandbox'),
    });
    for (const outcome of [
      send(env, ['--insecure-sandbox']),
      send({ ...env, GRAPH_INSECURE_SANDBOX: 'true' }),
    ]) {
      expect(await outcome).toMatchObject({
        exitCode: 78,
        stderr: expect.stringContaining('for a sandbox only'),
      });
    }
    expect(await send({ ...env, ...named, GRAPH_INSECURE_SANDBOX: 'maybe' })).toMatchObject({ exitCode: 78 });
  });

  test('takes it by flag, by variable and from a file of variables, and warns', async () => {
    const inFile = Object.entries({ ...env, ...here, GRAPH_INSECURE_SANDBOX: 'true' });
    const file = inFile.map(([name, value]) => `${name}=${value}\n`).join('');
    for (const outcome of [
      send({ ...env, ...here }, ['--insecure-sandbox']),
      send({ ...env, ...here, GRAPH_INSECURE_SANDBOX: 'true' }),
      send({}, ['--config', 'sandbox.env'], { 'sandbox.env': file }),
    ]) {
      const { exitCode, stderr } = await outcome;
      expect([exitCode, stderr]).toEqual([75, expect.stringContaining('warning: insecureSandbox is on')]);
    }
  });

  test('does not take it from a file that merely lies there, for a secret from elsewhere', async () => {
    const files = { '.env': 'GRAPH_INSECURE_SANDBOX=true\n' };
    expect(await send({ ...env, ...named }, [], files)).toMatchObject({
      exitCode: 78,
      stderr: expect.stringContaining('.env sets GRAPH_INSECURE_SANDBOX'),
    });
  });
});
