import { Agent } from 'undici';
import type { CloudName } from '../../src/options/clouds';
import { checkMessageOptions } from '../../src/options/message-options';
import type { GraphTransportOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY, SECRET } from '../support/options';

const problemsOf = (options: object, env: NodeJS.ProcessEnv = {}): string => {
  try {
    resolveOptions(options, env);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONFIG') return error.message;
    throw error;
  }
  return '';
};

test('needs tenant, client, secret and mailbox, and has a default for the rest', () => {
  expect(resolveOptions(IDENTITY, {})).toEqual({
    identity: {
      kind: 'secret',
      tenantId: IDENTITY.tenantId,
      clientId: IDENTITY.clientId,
      clientSecret: IDENTITY.clientSecret,
      authorityHost: 'https://login.microsoftonline.com',
    },
    userId: IDENTITY.userId,
    graphEndpoint: 'https://graph.microsoft.com',
    from: undefined,
    replyTo: [],
    saveToSentItems: true,
    format: 'auto',
    lossy: false,
    delivery: 'at-most-once',
    maxMessageSize: 150_000_000,
    limits: {
      maxConnections: 4,
      maxTotalConnections: Infinity,
      rateLimit: undefined,
      rateDelta: 1000,
      maxQueue: Infinity,
    },
    retry: { attempts: 5, maxDelay: 180_000 },
    connectionTimeout: 30_000,
    socketTimeout: 120_000,
    timeout: 600_000,
    debug: false,
    dispatcher: undefined,
    tuneV8: true,
    logger: false,
    component: 'graph-transport',
  });
});

test('reads what is not given from the environment', () => {
  const env = {
    AZURE_TENANT_ID: 'contoso.example',
    AZURE_CLIENT_ID: 'client-of-env',
    AZURE_CLIENT_SECRET: 'secret-of-env',
    GRAPH_USER_ID: 'env@contoso.example',
    AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/',
    GRAPH_ENDPOINT: 'https://graph.microsoft.us',
  };
  expect(resolveOptions({}, env)).toMatchObject({
    identity: {
      tenantId: 'contoso.example',
      clientId: 'client-of-env',
      clientSecret: 'secret-of-env',
      authorityHost: 'https://login.microsoftonline.us',
    },
    userId: 'env@contoso.example',
    graphEndpoint: 'https://graph.microsoft.us',
  });
  expect(resolveOptions(IDENTITY, env)).toMatchObject({
    identity: { tenantId: IDENTITY.tenantId },
    userId: IDENTITY.userId,
  });
});

test('treats an empty variable as one that is not set', () => {
  expect(problemsOf({ ...IDENTITY, userId: undefined }, { GRAPH_USER_ID: '' })).toContain(
    'userId is missing',
  );
  expect(resolveOptions(IDENTITY, { GRAPH_ENDPOINT: '' }).graphEndpoint).toBe('https://graph.microsoft.com');
});

test('names every problem in one go', () => {
  const message = problemsOf({ clientId: 'x', graphEndpoint: 'ftp://graph', saveToSentItems: 'no' });
  for (const name of ['tenantId', 'clientSecret', 'userId', 'graphEndpoint', 'saveToSentItems']) {
    expect(message).toContain(name);
  }
  expect(message).toContain('AZURE_CLIENT_SECRET');
});

test.each([
  ['tenant', 'tenantId'],
  ['clientID', 'clientId'],
  ['azureAdEndpoint', 'authorityHost'],
  ['azure_ad_endpoint', 'authorityHost'],
  ['graph_endpoint', 'graphEndpoint'],
  ['user', 'userId'],
])('points from %s to %s', (given, meant) => {
  expect(problemsOf({ ...IDENTITY, [given]: 'x' })).toContain(`${given} is called ${meant} here`);
});

test('says of SMTP settings that they are such, and what is wanted instead', () => {
  const message = problemsOf({ host: 'smtp.office365.com', port: 587, secure: false, auth: { user: 'a' } });
  expect(message).toMatch(/these are SMTP settings: host, port, secure, auth;.*clientSecret/);
});

test.each([
  ['tenat', 'tenantId'],
  ['TENANTID', 'tenantId'],
  ['saveToSentItem', 'saveToSentItems'],
  ['maxConections', 'maxConnections'],
  ['lossi', 'lossy'],
  ['loger', 'logger'],
])('asks of the unknown option %s whether %s was meant', (given, meant) => {
  const message = problemsOf({ ...IDENTITY, [given]: 'x' });
  expect(message).toBe(`graphTransport cannot start. Unknown option "${given}". Did you mean "${meant}"?`);
});

test.each(['constructor', 'nickname', 'x'])('lists all options if none is spelled like %s', (given) => {
  const message = problemsOf({ ...IDENTITY, [given]: 1 });
  expect(message).toMatch(
    new RegExp(`Unknown option "${given}"\\. The options are tenantId, clientId, .*, tls\\.$`),
  );
});

test('says what else is wrong before it asks about names', () => {
  expect(problemsOf({ ...IDENTITY, debug: 1, formt: 'mime', retry: { attempt: 3 }, tls: { cas: '' } })).toBe(
    'graphTransport cannot start: debug must be true or false. Unknown option "formt". Did you mean "format"? Unknown option "retry.attempt". Did you mean "retry.attempts"? Unknown option "tls.cas". Did you mean "tls.ca"?',
  );
});

test('does not quote a name that may be a secret, though it can tell what was meant', () => {
  const message = problemsOf({ ...IDENTITY, 'tenant-id': 'x' });
  expect(message).toMatch(/Unknown option \(a name of 9 characters\)\. Did you mean "tenantId"\?$/);
});

test('asks about the options of a message, too', () => {
  const misspelt: object = { lossi: true, format: 'mime' };
  expect(() => checkMessageOptions(misspelt)).toThrow(
    'The message\'s graph options are wrong. Unknown option "lossi". Did you mean "lossy"?',
  );
  const other: object = { timeout: 1000 };
  expect(() => checkMessageOptions(other)).toThrow(
    /Unknown option "timeout"\. The options are userId, .*, categories, inReplyTo\.$/,
  );
});

test.each([
  ['http://graph.microsoft.com', 'must begin with https://'],
  ['http://127.0.0.1.evil.example', 'must begin with https://'],
  ['https://graph.microsoft.com/v1.0', 'must be a bare origin: https://graph.microsoft.com'],
  ['https://me:pass@graph.example', 'must not hold a user name or password'],
  ['graph.microsoft.com', 'is not a URL'],
])('refuses %s as an endpoint', (graphEndpoint, complaint) => {
  expect(problemsOf({ ...IDENTITY, graphEndpoint })).toContain(complaint);
  expect(problemsOf({ ...IDENTITY, authorityHost: graphEndpoint })).toContain('authorityHost');
});

test.each([
  'http://127.0.0.1:8025',
  'http://localhost:8025',
  'http://[::1]:8025',
  'https://graph-gateway.contoso.example',
])('takes %s as an endpoint', (graphEndpoint) => {
  expect(resolveOptions({ ...IDENTITY, graphEndpoint }, {}).graphEndpoint).toBe(graphEndpoint);
});

test.each(['common', 'organizations', 'not a tenant', 'contoso'])('refuses "%s" as a tenant', (tenantId) => {
  expect(problemsOf({ ...IDENTITY, tenantId })).toContain('tenantId');
});

test.each(['me', ' me ', '.', '..', ' .. ', '\u00a0..', ' ', 'a\nb'])('refuses %j as a mailbox', (userId) => {
  expect(problemsOf({ ...IDENTITY, userId })).toContain('userId');
});

test('takes From and Reply-To in every form in which Nodemailer takes an address', () => {
  expect(
    resolveOptions(
      {
        ...IDENTITY,
        from: '"Müller, Jörg" <joerg@bücher.example>',
        replyTo: ['a@example.com, B <b@example.com>', { name: 'C', address: 'c@example.com' }],
      },
      {},
    ),
  ).toMatchObject({
    from: { name: 'Müller, Jörg', address: 'joerg@xn--bcher-kva.example' },
    replyTo: [
      { name: '', address: 'a@example.com' },
      { name: 'B', address: 'b@example.com' },
      { name: 'C', address: 'c@example.com' },
    ],
  });
});

test.each<[keyof GraphTransportOptions, unknown]>([
  ['from', 'nobody'],
  ['from', 'a@example.com, b@example.com'],
  ['from', ''],
  ['replyTo', [{ address: '' }]],
  ['dispatcher', 'http://proxy'],
  ['logger', {}],
  ['logger', { info: () => undefined }],
  ['component', 5],
  ['credential', 'token'],
  ['userId', 42],
  ['maxConnections', 0],
  ['maxConnections', Infinity],
  ['maxTotalConnections', 0.5],
  ['rateLimit', 0],
  ['rateDelta', Number.NaN],
  ['maxQueue', -1],
  ['retry', 3],
  ['retry', { attempts: 0 }],
  ['retry', { maxDelay: '1s' }],
  ['retry', { retries: 3 }],
  ['connectionTimeout', 0],
  ['socketTimeout', -1],
  ['timeout', '10 min'],
  ['delivery', 'twice'],
  ['debug', 'yes'],
  ['maxMessageSize', -1],
  ['maxMessageSize', '35 MB'],
  ['cloud', 'gcc-high'],
  ['cloud', 'constructor'],
  ['proxy', 'socks5://proxy.example:1080'],
  ['proxy', 'http://'],
  ['proxy', 'http://user:100%@proxy.example:3128'],
  ['proxy', 'http://user@proxy.example:3128'],
  ['proxy', false],
  ['tls', null],
  ['tls', { ca: 'ca.pem' }],
  ['tls', { ca: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'] }],
  ['tls', { minVersion: 1.3 }],
  ['tls', { rejectUnauthorized: false }],
  ['tls', { rejectUnauthorized: 0 }],
  ['tls', { rejectUnauthorized: 'true' }],
  ['tls', { servername: 'graph.microsoft.com' }],
])('refuses %s: %j', (name, value) => {
  expect(problemsOf({ ...IDENTITY, [name]: value })).toContain(name);
});

test('takes tls.rejectUnauthorized: true, which is how it is anyway', () => {
  expect(problemsOf({ ...IDENTITY, tls: { rejectUnauthorized: true } })).toBe('');
});

test.each([null, 'smtp://user:pass@host'])('refuses %j for options in one plain sentence', (options) => {
  expect(() => resolveOptions(JSON.parse(JSON.stringify(options)), {})).toThrow('takes an object of options');
});

test('minds no setting that is there and undefined', () => {
  expect(problemsOf({ ...IDENTITY, host: undefined })).toBe('');
});

test('refuses a credential and a secret at once, since only one of them can be meant', () => {
  const credential = { getToken: async () => null };
  expect(problemsOf({ ...IDENTITY, credential })).toContain('either credential or clientSecret');
  const identity = resolveOptions({ userId: IDENTITY.userId, credential }, {}).identity;
  expect(identity).toEqual({ kind: 'credential', credential });
});

test("keeps the secret out of every complaint and leaves the caller's dispatcher alone", () => {
  const dispatcher = new Agent();
  expect(resolveOptions({ ...IDENTITY, dispatcher }, {}).dispatcher).toBe(dispatcher);
  expect(problemsOf({ ...IDENTITY, userId: '', tenantId: '?', nonsense: SECRET })).not.toContain(SECRET);
});

test.each<[CloudName, string, string]>([
  ['global', 'https://graph.microsoft.com', 'https://login.microsoftonline.com'],
  ['usgov', 'https://graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['usgov-dod', 'https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['china', 'https://microsoftgraph.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
])('sets both endpoints for the cloud %s', (cloud, graphEndpoint, authorityHost) => {
  const expected = { graphEndpoint, identity: { authorityHost } };
  expect(resolveOptions({ ...IDENTITY, cloud }, {})).toMatchObject(expected);
  expect(resolveOptions(IDENTITY, { GRAPH_CLOUD: cloud })).toMatchObject(expected);
  expect(resolveOptions({ ...IDENTITY, graphEndpoint, authorityHost }, {})).toMatchObject(expected);
  expect(resolveOptions({ ...IDENTITY, cloud, graphEndpoint, authorityHost }, {})).toMatchObject(expected);
});

test('takes a cloud of the options before one of the environment', () => {
  expect(resolveOptions({ ...IDENTITY, cloud: 'usgov' }, { GRAPH_CLOUD: 'china' }).graphEndpoint).toBe(
    'https://graph.microsoft.us',
  );
});

test("takes an endpoint that is given before the cloud's, given it is of that cloud or of none", () => {
  const newer = 'https://login.partner.microsoftonline.cn';
  expect(resolveOptions({ ...IDENTITY, cloud: 'china', authorityHost: newer }, {})).toMatchObject({
    graphEndpoint: 'https://microsoftgraph.chinacloudapi.cn',
    identity: { authorityHost: newer },
  });
  const gateway = 'https://graph-gateway.contoso.example';
  expect(resolveOptions({ ...IDENTITY, cloud: 'usgov', graphEndpoint: gateway }, {})).toMatchObject({
    graphEndpoint: gateway,
    identity: { authorityHost: 'https://login.microsoftonline.us' },
  });
  const sandbox = { graphEndpoint: 'http://127.0.0.1:8025', authorityHost: 'http://127.0.0.1:8025' };
  expect(resolveOptions({ ...IDENTITY, ...sandbox }, { GRAPH_CLOUD: 'china' })).toMatchObject({
    graphEndpoint: sandbox.graphEndpoint,
    identity: { authorityHost: sandbox.authorityHost },
  });
});

test.each([
  [{ graphEndpoint: 'https://graph.microsoft.us' }, {}],
  [{ authorityHost: 'https://login.microsoftonline.us' }, {}],
  [{}, { AZURE_AUTHORITY_HOST: 'https://login.partner.microsoftonline.cn/' }],
  [{ graphEndpoint: 'https://dod-graph.microsoft.us', authorityHost: 'https://login.chinacloudapi.cn' }, {}],
])('refuses endpoints of two clouds, whose tokens do not fit: %j %j', (options, env) => {
  expect(problemsOf({ ...IDENTITY, ...options }, env)).toMatch(
    /graphEndpoint https:\S+ belongs to the cloud .* and authorityHost https:\S+ to .*: set cloud/,
  );
});

test.each([
  [{ cloud: 'usgov', graphEndpoint: 'https://graph.microsoft.com' }, {}, 'global'],
  [{ cloud: 'usgov', graphEndpoint: 'https://dod-graph.microsoft.us' }, {}, 'usgov-dod'],
  [{ cloud: 'china' }, { AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com' }, 'global'],
  [{ graphEndpoint: 'https://graph.microsoft.com' }, { GRAPH_CLOUD: 'usgov' }, 'global'],
])('refuses a cloud beside an endpoint of another: %j %j', (options, env, other) => {
  expect(problemsOf({ ...IDENTITY, ...options }, env)).toMatch(
    new RegExp(`cloud is \\S+, but .* belongs to ${other}: leave out one of them`),
  );
});

test('leaves it to a given credential where its tokens come from', () => {
  const credential = { getToken: async () => null };
  const options = { userId: IDENTITY.userId, credential, authorityHost: 'https://login.microsoftonline.com' };
  expect(resolveOptions({ ...options, cloud: 'usgov' }, {}).graphEndpoint).toBe('https://graph.microsoft.us');
});

test('takes a proxy with or without http:// in front', () => {
  for (const proxy of ['proxy.example:3128', 'http://proxy.example:3128', ' http://proxy.example:3128/ ']) {
    expect(resolveOptions({ ...IDENTITY, proxy }, {}).proxy).toBe('http://proxy.example:3128/');
  }
});

test('refuses proxy and tls beside a dispatcher, which would not heed them', () => {
  const message = problemsOf({ ...IDENTITY, dispatcher: new Agent(), proxy: 'proxy.example', tls: {} });
  expect(message).toContain('either dispatcher or proxy');
  expect(message).toContain('either dispatcher or tls');
});

test("keeps the proxy's password out of every complaint", () => {
  for (const proxy of [
    `ftp://user:${SECRET}@proxy`,
    `http://user:${SECRET}%@proxy`,
    `http://user:${SECRET}@:0:0`,
  ]) {
    expect(problemsOf({ ...IDENTITY, proxy })).toMatch(/proxy (?!.*canary)/);
  }
});
