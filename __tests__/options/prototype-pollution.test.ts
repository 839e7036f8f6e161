import nodemailer from 'nodemailer';
import { graphTransport } from '../../src/index';
import { createDispatcher } from '../../src/network/dispatcher';
import type { GraphMessageOptions } from '../../src/options/message-options';
import type { GraphTransportOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/resolve-options';
import { createSecureContext } from '../../src/options/tls-options';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { IDENTITY } from '../support/options';
import { TLS } from '../support/tls';

/** What the work does while every object has this property. */
function polluted<T>(name: string, value: unknown, work: () => T): T {
  Object.defineProperty(Object.prototype, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
  try {
    return work();
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
}

const logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {} };

/** Each option with a value that would change something. */
const OTHERS: Required<{ [Name in keyof GraphTransportOptions]: unknown }> = {
  tenantId: 'evil.example',
  clientId: 'evil',
  clientSecret: 'evil-secret',
  clientSecretFile: __filename,
  userId: 'evil@example.com',
  authorityHost: 'https://evil.example',
  graphEndpoint: 'https://evil.example',
  insecureSandbox: true,
  credential: { getToken: async () => null },
  from: 'evil@example.com',
  replyTo: 'evil@example.com',
  saveToSentItems: false,
  format: 'mime',
  lossy: true,
  delivery: 'exactly-once',
  searchLag: 7,
  maxMessageSize: 7,
  maxConnections: 7,
  maxTotalConnections: 7,
  rateLimit: 7,
  rateDelta: 7,
  maxQueue: 7,
  retry: { attempts: 7 },
  connectionTimeout: 7,
  socketTimeout: 7,
  timeout: 7,
  dispatcher: { dispatch: () => true },
  logger,
  debug: true,
  component: 'evil',
  tuneV8: false,
  cloud: 'china',
  proxy: 'http://evil.example:3128',
  tls: { ca: TLS.ca },
  trace: { clientId: 'evil', clientSecret: 'evil-secret' },
};

test.each(Object.entries(OTHERS))('%s on Object.prototype is no option', (name, value) => {
  const own = Object.fromEntries(Object.entries(IDENTITY).filter(([key]) => key !== name));
  const resolve = () => {
    try {
      return JSON.stringify(resolveOptions(own, {}));
    } catch (error) {
      return String(error);
    }
  };
  const clean = resolve();
  expect(polluted(name, value, resolve)).toBe(clean);
});

test.each([
  ['retry', {}, 'attempts', 7],
  ['retry', {}, 'maxDelay', 7],
  ['tls', {}, 'ca', TLS.ca],
  ['tls', {}, 'minVersion', 'TLSv1.3'],
  ['from', { address: 'ann@example.com' }, 'name', 'Evil'],
  ['replyTo', [{ address: 'ann@example.com' }], 'name', 'Evil'],
  ['from', {}, 'address', 'evil@example.com'],
])('%s %j does not take %s from Object.prototype', (name, value, inner, evil) => {
  const resolve = () => {
    try {
      const { retry, tls, from, replyTo } = resolveOptions({ ...IDENTITY, [name]: value }, {});
      return JSON.stringify({ retry, ca: tls?.ca, minVersion: tls?.minVersion, from, replyTo });
    } catch (error) {
      return String(error);
    }
  };
  const clean = resolve();
  expect(polluted(inner, evil, resolve)).toBe(clean);
});

test.each([
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_SECRET_FILE',
  'AZURE_AUTHORITY_HOST',
  'GRAPH_ENDPOINT',
  'GRAPH_USER_ID',
  'GRAPH_CLOUD',
])('%s on Object.prototype is no variable of the environment', (name) => {
  const resolve = () =>
    [{}, IDENTITY].map((options) => {
      try {
        return JSON.stringify(resolveOptions(options, {}));
      } catch (error) {
        return String(error);
      }
    });
  expect(polluted(name, 'https://evil.example', resolve)).toEqual(resolve());
});

test('a proxy on Object.prototype is none of the environment', async () => {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'HTTP_PROXY']) {
    const dispatcher = polluted(name, 'http://evil.example:3128', () => createDispatcher({}, {}));
    expect(dispatcher.constructor.name).toBe('Agent');
    await dispatcher.close();
  }
});

test('a certificate on Object.prototype is not trusted', () => {
  // One that cannot be read would be seen.
  expect(() => polluted('ca', 'no certificate', () => createSecureContext({}, {}))).not.toThrow();
  expect(() => polluted('cert', 'no certificate', () => createSecureContext({}, {}))).not.toThrow();
});

/** The request that sent, without what differs from message to message. */
function requestOf({ messages }: RunningSandbox): string {
  return JSON.stringify(messages.at(-1)?.request).replace(/[\w-]+@[\w.-]+|[\da-f-]{36}|[\da-f]{20,}/g, '');
}

describe('on its way', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  const EVIL: Required<{ [Name in keyof GraphMessageOptions]: unknown }> = {
    userId: 'evil@example.com',
    saveToSentItems: false,
    format: 'mime',
    lossy: true,
    delivery: 'exactly-once',
    importance: 'high',
    categories: ['Evil'],
    inReplyTo: '<a@b>',
    sendAt: new Date(0),
  };

  test.each([
    ...Object.entries(EVIL)
      // Nodemailer has a field of that name, and takes an inherited one.
      .filter(([name]) => name !== 'inReplyTo')
      .map(([name, value]) => [name, value, { graph: {} }] as const),
    ['graph', { format: 'mime' }, {}] as const,
    ['dsn', { notify: 'never' }, {}] as const,
    ['searchLag', 60_000, { graph: { delivery: 'exactly-once' } }] as const,
  ])('%s on Object.prototype is no option of a message', async (name, value, more) => {
    const transport = graphTransport(sandbox.options);
    const mail = { to: 'ann@example.com', subject: 'Hello', text: 'Hello', ...more } as const;
    const send = () => nodemailer.createTransport(transport).sendMail(mail);
    const clean = await send();
    const sent = requestOf(sandbox);
    // What is asynchronous begins with it, and goes on with it.
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
    try {
      const { route, routeReason, dropped } = await send();
      expect({ route, routeReason, dropped }).toEqual({
        route: clean.route,
        routeReason: clean.routeReason,
        dropped: clean.dropped,
      });
    } finally {
      Reflect.deleteProperty(Object.prototype, name);
    }
    expect(requestOf(sandbox)).toBe(sent);
  });
});
