import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkMessageOptions } from '../../src/options/message-options';
import { resolveOptions } from '../../src/options/resolve-options';
import { IDENTITY } from '../support/options';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

/** What a transport with these options says, or nothing. */
function said(options: object, env: Record<string, string> = {}): string {
  try {
    resolveOptions(options, env);
    return '';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message;
  }
}

const WAYS =
  ' There are three ways to set what is missing: as an option in code, as an environment variable, or in a .env file, which Node reads only when told to: node --env-file=.env app.js.';
const missing = (name: string, variable: string) =>
  `${name} is missing (option ${name} or environment variable ${variable})`;
const credential = { getToken: () => undefined };
const dispatcher = { dispatch: () => true };
const sandbox = { insecureSandbox: true, graphEndpoint: 'http://sandbox', authorityHost: 'http://sandbox' };

const NO_TENANT = 'tenantId is neither a GUID nor a domain name';
const NO_MAILBOX = 'userId is neither an object id nor a user principal name';
const NO_LOGGER = 'logger must be true, false or a logger with trace, debug, info, warn, error and fatal';
const NO_CREDENTIAL = 'credential must be an Azure TokenCredential (an object with getToken)';
const NO_URL = 'graphEndpoint is not a URL, such as https://graph.microsoft.com';
const NO_LOGIN = 'graphEndpoint must not hold a user name or password';
const NO_PATH = 'graphEndpoint must be a bare origin: https://g.example, without path or version';
const NO_HTTP =
  'graphEndpoint must begin with https:// (http is for loopback addresses only, and with insecureSandbox for a sandbox in another container)';
const NO_TRACE = 'trace must be an object such as { clientId, clientSecret } or { credential }';
const NO_TRACE_SECRET = 'trace.clientSecret must be a text or a function that returns one';

test.each<[object, string]>([
  [{ tenantId: 5 }, 'tenantId must be a string, got number'],
  [
    { tenantId: 'common' },
    `tenantId "common" names no single tenant: give your tenant's GUID or one of its domain names`,
  ],
  [
    { tenantId: 'Consumers' },
    `tenantId "Consumers" names no single tenant: give your tenant's GUID or one of its domain names`,
  ],
  [{ tenantId: 'my consumers' }, NO_TENANT],
  [{ tenantId: 'commons' }, NO_TENANT],
  [{ tenantId: 'contoso' }, NO_TENANT],
  [{ tenantId: '-a.example' }, NO_TENANT],
  [{ tenantId: 'a.example-' }, NO_TENANT],
  [{ tenantId: 'a-.example' }, NO_TENANT],
  [{ tenantId: 'a.-example' }, NO_TENANT],
  [{ tenantId: 'a.example.' }, NO_TENANT],
  [{ tenantId: `${IDENTITY.tenantId}0` }, NO_TENANT],
  [{ tenantId: `0${IDENTITY.tenantId}` }, NO_TENANT],
  [{ clientSecret: 5 }, 'clientSecret must be a string or a function that returns one, got number'],
  [{ clientSecret: {} }, 'clientSecret must be a string or a function that returns one, got object'],
  [{ clientSecretFile: 'secret.txt' }, 'give either clientSecret or clientSecretFile, not both'],
  [{ clientSecret: undefined, clientSecretFile: '' }, 'clientSecretFile must be the path of a file'],
  [{ clientSecret: undefined, clientSecretFile: 5 }, 'clientSecretFile must be the path of a file'],
  [{ clientSecret: undefined, credential: 5 }, NO_CREDENTIAL],
  [{ clientSecret: undefined, credential: null }, NO_CREDENTIAL],
  [
    { credential, clientSecretFile: 'secret.txt' },
    'give either credential or clientSecret, not both; give either credential or clientSecretFile, not both',
  ],
  [{ from: 'nobody' }, 'from: a text is not an address: it has no local part and domain'],
  [
    { from: 'a@b@example.com' },
    'from: "a@b@example.com" is not an address: its local part has a character that must be quoted',
  ],
  [{ from: { name: 'Ann' } }, 'from: a text is not an address: it has no local part and domain'],
  [{ from: '' }, 'from has no address in it'],
  [{ from: [] }, 'from has no address in it'],
  [{ from: 'a@example.com, b@example.com' }, 'from must be one address'],
  [{ replyTo: [{ address: '' }] }, 'replyTo: a text is not an address: it has no local part and domain'],
  [{ replyTo: null }, 'replyTo: a text is not an address: it has no local part and domain'],
  [{ graphEndpoint: 5 }, NO_URL],
  [{ graphEndpoint: 'graph.microsoft.com' }, NO_URL],
  [{ graphEndpoint: 'https://ann@g.example' }, NO_LOGIN],
  [{ graphEndpoint: 'https://:pass@g.example' }, NO_LOGIN],
  [{ graphEndpoint: 'https://g.example/v1.0' }, NO_PATH],
  [{ graphEndpoint: 'https://g.example?v1.0' }, NO_PATH],
  [{ graphEndpoint: 'https://g.example#v1.0' }, NO_PATH],
  [{ graphEndpoint: 'http://g.example/v1.0' }, NO_PATH.replace('https', 'http')],
  [{ graphEndpoint: 'ftp://g.example/v1.0' }, 'graphEndpoint must be a bare origin, without path or version'],
  [{ graphEndpoint: 'http://g.example' }, NO_HTTP],
  [{ graphEndpoint: 'http://localhost.example' }, NO_HTTP],
  [{ graphEndpoint: 'http://my.localhost' }, NO_HTTP],
  [{ graphEndpoint: 'ftp://localhost' }, NO_HTTP],
  [{ cloud: 'gcc-high' }, 'cloud must be one of global, usgov, usgov-dod, china, got "gcc-high"'],
  [{ trace: 5 }, NO_TRACE],
  [{ trace: null }, NO_TRACE],
  [{ trace: [] }, NO_TRACE],
  [{ trace: {} }, `${NO_TRACE_SECRET}; trace.clientId is missing`],
  [{ trace: { clientId: '', clientSecret: ' ' } }, `${NO_TRACE_SECRET}; trace.clientId is missing`],
  [
    { trace: { clientId: ' ', clientSecret: 5, tenantId: 5 } },
    `${NO_TRACE_SECRET}; trace.tenantId must be a text; trace.clientId must be a text`,
  ],
  [
    { trace: { credential, clientId: 'x', clientSecret: 'y', tenantId: 'z' } },
    'give either trace.credential or trace.clientId, not both; give either trace.credential or trace.clientSecret, not both; give either trace.credential or trace.tenantId, not both',
  ],
  [
    { cloud: 'china', authorityHost: 'https://login.microsoftonline.us' },
    'cloud is china, but authorityHost https://login.microsoftonline.us belongs to usgov and usgov-dod: leave out one of them',
  ],
  [
    { cloud: 'china', graphEndpoint: 'https://graph.microsoft.us' },
    'cloud is china, but graphEndpoint https://graph.microsoft.us belongs to usgov: leave out one of them',
  ],
  [
    { authorityHost: 'https://login.microsoftonline.us' },
    'graphEndpoint https://graph.microsoft.com belongs to the cloud global and authorityHost https://login.microsoftonline.us to usgov and usgov-dod, but Graph accepts tokens of its own cloud only: set cloud instead of both',
  ],
  [{ trace: { credential: {} } }, `trace.${NO_CREDENTIAL}`],
  [{ trace: { credential: { getToken: 5 } } }, `trace.${NO_CREDENTIAL}`],
  [{ trace: { credential: 'token' } }, `trace.${NO_CREDENTIAL}`],
  [{ trace: { credential: null } }, `trace.${NO_CREDENTIAL}`],
  [
    { clientSecret: undefined, tenantId: undefined, credential, trace: { clientId: 'x', clientSecret: 'y' } },
    'trace.tenantId is missing',
  ],
  [
    { ...sandbox, trace: { credential } },
    'give either insecureSandbox or trace.credential, whose tokens may be real ones, not both',
  ],
  [{ insecureSandbox: 1 }, 'insecureSandbox must be true or false'],
  [
    { ...sandbox, authorityHost: 'http://another' },
    'insecureSandbox takes a graphEndpoint and an authorityHost on the same host',
  ],
  [
    { ...sandbox, graphEndpoint: 'https://sandbox' },
    'insecureSandbox is for a sandbox over http only, but graphEndpoint is https://sandbox',
  ],
  [{ ...sandbox, cloud: 'global' }, "give either insecureSandbox or cloud, which is Microsoft's, not both"],
  [
    { ...sandbox, clientSecret: undefined, credential },
    'give either insecureSandbox or credential, whose tokens may be real ones, not both',
  ],
  [{ userId: 5 }, 'userId must be a string, got number'],
  [{ userId: ' ' }, 'userId is empty'],
  [
    { userId: ' Me ' },
    'userId cannot be "me": an app has no signed-in user. Give the mailbox\'s object id or user principal name',
  ],
  [{ userId: '.' }, NO_MAILBOX],
  [{ userId: '..' }, NO_MAILBOX],
  [{ userId: 'a\nb' }, NO_MAILBOX],
  [{ userId: '\ud800' }, NO_MAILBOX],
  [{ component: 5 }, 'component must be a string'],
  [{ tuneV8: 'no' }, 'tuneV8 must be true or false'],
  [{ dispatcher: null }, 'dispatcher must be an undici Dispatcher (an object with dispatch)'],
  [{ dispatcher: {} }, 'dispatcher must be an undici Dispatcher (an object with dispatch)'],
  [
    { dispatcher, proxy: 'proxy.example:3128', tls: {} },
    'give either dispatcher or proxy, not both: a dispatcher makes its own connections; give either dispatcher or tls, not both: a dispatcher makes its own connections',
  ],
  [{ debug: 'yes' }, 'debug must be true or false'],
  [{ logger: null }, NO_LOGGER],
  ...['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level): [object, string] => [
    { logger: { ...console, fatal: console.error, [level]: undefined } },
    NO_LOGGER,
  ]),
  [{ proxy: 5 }, 'proxy must be a URL such as http://proxy.example:3128'],
  [{ proxy: 'http://' }, 'proxy is not a URL such as http://proxy.example:3128'],
  [
    { proxy: 'socks5://proxy.example' },
    'proxy must begin with http:// or https://: other kinds of proxy are not supported',
  ],
  [{ proxy: 'http://ann@proxy.example' }, 'proxy has a user name without a password'],
  [
    { proxy: 'http://ann:100%@proxy.example' },
    'proxy has a % in its user name or password that must be written as %25',
  ],
  [{ tls: 5 }, 'tls must be an object such as { ca }'],
  [{ tls: null }, 'tls must be an object such as { ca }'],
  [{ tls: { ca: 'ca.pem' } }, 'tls.ca must be one or more certificates in PEM'],
  [{ tls: { ca: 5 } }, 'tls.ca must be one or more certificates in PEM'],
  [{ tls: { minVersion: '1.3' } }, 'tls.minVersion must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3'],
  [
    { tls: { rejectUnauthorized: false } },
    'tls.rejectUnauthorized can only be true: without the certificate check, anyone on the network path could read the client secret and all mail. Add the certificate of the proxy to tls.ca instead',
  ],
  [{ saveToSentItems: 'no' }, 'saveToSentItems must be true or false, got string'],
  [{ lossy: 1 }, 'lossy must be true or false, got number'],
  [{ format: 'x' }, 'format must be auto, json or mime, got "x"'],
  [{ format: '0123456789' }, 'format must be auto, json or mime, got "0123456789"'],
  [{ format: '0123456789a' }, 'format must be auto, json or mime, got a text of 11 characters'],
  [{ format: {} }, 'format must be auto, json or mime, got an object'],
  [{ format: null }, 'format must be auto, json or mime, got null'],
  [{ format: 10n ** 40n }, 'format must be auto, json or mime, got 100000000000000000000000000000'],
  [{ delivery: 'twice' }, 'delivery must be at-most-once or exactly-once, got "twice"'],
  [{ retry: 3 }, 'retry must be an object such as { attempts: 5, maxDelay: 180000 }'],
  [{ retry: null }, 'retry must be an object such as { attempts: 5, maxDelay: 180000 }'],
  [
    { retry: { attempts: 0, maxDelay: -1 } },
    'retry.attempts must be a whole number from 1, got 0; retry.maxDelay must be a whole number of milliseconds from 0, got -1',
  ],
  [
    {
      maxMessageSize: -1,
      maxConnections: 0,
      maxTotalConnections: 0,
      rateLimit: 0,
      rateDelta: 0,
      maxQueue: -1,
      searchLag: -1,
      connectionTimeout: 0,
      socketTimeout: 0,
      timeout: 0,
    },
    'maxMessageSize must be a whole number of bytes from 0, got -1; maxConnections must be a whole number from 1, got 0; maxTotalConnections must be a whole number from 1, got 0; rateLimit must be a whole number from 1, got 0; rateDelta must be a whole number of milliseconds from 1, got 0; maxQueue must be a whole number from 0, got -1; searchLag must be a whole number of milliseconds from 0, got -1; connectionTimeout must be a whole number of milliseconds from 1, got 0; socketTimeout must be a whole number of milliseconds from 1, got 0; timeout must be a whole number of milliseconds from 1, got 0',
  ],
  [{ maxQueue: 0.5 }, 'maxQueue must be a whole number from 0, got 0.5'],
  [
    { timeout: Number.POSITIVE_INFINITY },
    'timeout must be a whole number of milliseconds from 1, got Infinity',
  ],
  [
    { host: 'smtp.example', pool: true },
    'these are SMTP settings: host, pool; Graph needs tenantId, clientId, clientSecret and userId instead',
  ],
])('%j is refused in words', (options, message) => {
  expect(said({ ...IDENTITY, ...options })).toBe(`graphTransport cannot start: ${message}.`);
});

test('an option of the trace that is unknown is asked about', () => {
  const trace = { clientID: 'x', clientId: 'x', clientSecret: 'y' };
  expect(said({ ...IDENTITY, trace })).toBe(
    'graphTransport cannot start. Unknown option "trace.clientID". Did you mean "trace.clientId"?',
  );
});

test.each<[object, Record<string, string>, string]>([
  [
    {},
    {},
    [
      missing('tenantId', 'AZURE_TENANT_ID'),
      missing('clientSecret', 'AZURE_CLIENT_SECRET'),
      missing('clientId', 'AZURE_CLIENT_ID'),
      missing('userId', 'GRAPH_USER_ID'),
    ].join('; '),
  ],
  [{ ...IDENTITY, clientId: '' }, {}, missing('clientId', 'AZURE_CLIENT_ID')],
  [{ ...IDENTITY, userId: undefined }, { GRAPH_USER_ID: '' }, missing('userId', 'GRAPH_USER_ID')],
  [{ ...IDENTITY, clientSecret: ' ' }, {}, missing('clientSecret', 'AZURE_CLIENT_SECRET')],
  [{ userId: 'ann@example.com', credential, tenantId: undefined }, {}, ''],
])('what is missing of %j %j is named, and how it can be given', (options, env, message) => {
  expect(said(options, env)).toBe(message && `graphTransport cannot start: ${message}.${WAYS}`);
});

test.each<[Record<string, string>, string]>([
  [{ GRAPH_INSECURE_SANDBOX: 'yes' }, 'GRAPH_INSECURE_SANDBOX must be true or false, got "yes"'],
  [
    { AZURE_CLIENT_SECRET: 'a', AZURE_CLIENT_SECRET_FILE: 'b' },
    'set either AZURE_CLIENT_SECRET or AZURE_CLIENT_SECRET_FILE, not both',
  ],
  [
    { AZURE_CLIENT_SECRET: 'a', GRAPH_CLOUD: 'x' },
    'cloud must be one of global, usgov, usgov-dod, china, got "x"',
  ],
])('the environment %j is refused in words', (env, message) => {
  const options = 'AZURE_CLIENT_SECRET' in env ? { clientSecret: undefined } : {};
  expect(said({ ...IDENTITY, ...options }, env)).toBe(`graphTransport cannot start: ${message}.`);
});

test.each<[object]>([
  [{ tenantId: 'contoso-1.b-2.example' }],
  [{ tenantId: ' contoso.onmicrosoft.com ' }],
  [{ tenantId: 'a.de' }],
  [{ trace: { clientId: 'x', clientSecret: () => 'y', tenantId: 'z' } }],
  [{ trace: { credential } }],
  [{ clientSecret: undefined, credential, trace: { clientId: 'x', clientSecret: 'y' } }],
  [sandbox],
  [{ ...sandbox, trace: { clientId: 'x', clientSecret: 'y' } }],
  [{ graphEndpoint: 'http://127.1.22.255:80' }],
  [{ graphEndpoint: 'http://[::1]:8025', authorityHost: 'http://localhost' }],
  [{ tls: { ca: undefined, minVersion: 'TLSv1', rejectUnauthorized: true } }],
  [{ tls: { minVersion: 'TLSv1.1' } }],
  [{ tls: { minVersion: 'TLSv1.3' } }],
  [{ maxQueue: Number.POSITIVE_INFINITY, maxTotalConnections: Number.POSITIVE_INFINITY, maxMessageSize: 0 }],
  [{ dispatcher, logger: true, debug: false, component: '' }],
  [{ logger: { ...console, fatal: console.error } }],
  [{ proxy: 'http://ann:pass@proxy.example' }],
  [{ proxy: 'https://proxy.example' }],
  [{ host: undefined }],
])('%j is taken', (options) => {
  expect(said({ ...IDENTITY, ...options })).toBe('');
});

test('what is wrong with a file for the client secret is told without its path, which may be the secret', () => {
  writeFileSync(join(folder(), 'empty'), '');
  mkdirSync(join(folder(), 'folder'));
  for (const [name, problem] of [
    ['none', 'cannot be read (ENOENT)'],
    ['empty', 'is empty'],
    ['folder', 'is a directory'],
  ] as const) {
    const options = { ...IDENTITY, clientSecret: undefined };
    const message = `graphTransport cannot start: clientSecretFile ${problem}.`;
    expect(said({ ...options, clientSecretFile: join(folder(), name) })).toBe(message);
    expect(said(options, { AZURE_CLIENT_SECRET_FILE: join(folder(), name) })).toBe(message);
  }
});

test.each<[object, string]>([
  [{ importance: 'urgent' }, ': importance must be low, normal or high, got "urgent".'],
  [{ categories: 'Invoices' }, ': categories must be a list of names without commas.'],
  [{ categories: ['a,b'] }, ': categories must be a list of names without commas.'],
  [{ categories: ['a', ' '] }, ': categories must be a list of names without commas.'],
  [{ categories: ['a', 5] }, ': categories must be a list of names without commas.'],
  [{ categories: ['a\nb'] }, ': categories must be a list of names without commas.'],
  [
    { userId: 5, format: 'x', lossy: 1 },
    ': lossy must be true or false, got number; format must be auto, json or mime, got "x"; userId must be a string, got number.',
  ],
  [
    { x: 1 },
    '. Unknown option "x". The options are userId, saveToSentItems, format, lossy, delivery, sendAt, importance, categories, inReplyTo.',
  ],
])("the message's option %j is refused in words", (options, message) => {
  expect(() => checkMessageOptions(options)).toThrow(
    expect.objectContaining({ code: 'ECONFIG', message: `The message's graph options are wrong${message}` }),
  );
});

test.each<[object]>([
  [{}],
  [{ importance: 'low', categories: ['Invoices', 'a b'], userId: 'ann@example.com' }],
  [{ importance: 'normal', categories: [], userId: () => 'ann@example.com', format: 'auto' }],
  [{ importance: 'high', delivery: 'exactly-once', format: 'mime', lossy: false, saveToSentItems: true }],
  [{ delivery: 'at-most-once', format: 'json' }],
])("the message's options %j are taken", (options) => {
  expect(() => checkMessageOptions(options)).not.toThrow();
});
