import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls, { rootCertificates, type SecureVersion } from 'node:tls';
import { inspect } from 'node:util';
import nodemailer from 'nodemailer';
import { request } from 'undici';
import { type GraphTransport, type GraphTransportOptions, graphTransport } from '../../src/index';
import { createDispatcher } from '../../src/network/dispatcher';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../support/connect-proxy';
import { TLS } from '../support/tls';
import { startTlsSandbox, type TlsSandbox } from '../support/tls-sandbox';

let sandbox: TlsSandbox;
const proxies: ConnectProxy[] = [];
const transports: GraphTransport[] = [];
beforeEach(async () => {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']) {
    delete process.env[name];
    delete process.env[name.toLowerCase()];
  }
  sandbox = await startTlsSandbox();
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const transport of transports.splice(0)) transport.close();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await sandbox.close();
});

async function startProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const proxy = await startConnectProxy(options);
  proxies.push(proxy);
  return proxy;
}

function createTransporter(options: GraphTransportOptions = {}) {
  const transport = graphTransport({
    ...sandbox.options,
    tls: { ca: TLS.ca },
    retry: { attempts: 1 },
    ...options,
  });
  transports.push(transport);
  return nodemailer.createTransport(transport);
}

const MESSAGE = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };
const send = (options?: GraphTransportOptions) => createTransporter(options).sendMail(MESSAGE);

/** Leads the sandbox's names to these addresses, as a DNS that knows them. */
function resolveTo(...addresses: string[]): void {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const real: (name: string, ...rest: never[]) => void = dns.lookup;
  const lookup = (name: string, ...rest: never[]) => {
    const callback: unknown = rest.at(-1);
    if (!name.endsWith('.sandbox.example') || typeof callback !== 'function') return real(name, ...rest);
    // Node asks for all addresses, to try one after the other.
    setImmediate(() => callback(null, found));
  };
  jest.spyOn(dns, 'lookup').mockImplementation(Object.assign(lookup, dns.lookup));
}

/** A credential that has its token at once, so that Graph is the first that is asked. */
const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };
const sendWithToken = (options: GraphTransportOptions) =>
  createTransporter({
    credential,
    tenantId: undefined,
    clientId: undefined,
    clientSecret: undefined,
    ...options,
  }).sendMail(MESSAGE);

const host = (service: string) => `${service}.sandbox.example:${sandbox.port}`;

test('tokens, Graph and uploads all go through the proxy of the option', async () => {
  const proxy = await startProxy({ login: 'mail%40corp:p%25ss' });
  const big = { filename: 'scan.pdf', content: Buffer.alloc(3_500_000, 'x') };
  await createTransporter({ proxy: proxy.url }).sendMail({ ...MESSAGE, attachments: [big] });
  expect(sandbox.messages).toHaveLength(1);
  expect(new Set(proxy.tunnels)).toEqual(new Set(['login', 'graph', 'uploads'].map(host)));
  expect(sandbox.connections()).toBe(proxy.tunnels.length);
});

test('a connection is kept for the next message, through a proxy too', async () => {
  const proxy = await startProxy();
  const transporter = createTransporter({ proxy: proxy.url });
  for (const subject of ['one', 'two', 'three']) await transporter.sendMail({ ...MESSAGE, subject });
  expect(sandbox.messages).toHaveLength(3);
  expect(proxy.tunnels.filter((target) => target === host('graph'))).toHaveLength(1);
});

test('the proxy itself may be spoken to over TLS', async () => {
  const proxy = await startProxy({ secure: true, login: 'user:pass' });
  await send({ proxy: proxy.url });
  expect(sandbox.messages).toHaveLength(1);
  expect(new Set(proxy.tunnels)).toEqual(new Set([host('login'), host('graph')]));
});

test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])(
  'without the option the proxy is that of %s',
  async (variable) => {
    const proxy = await startProxy({ login: 'user:pass' });
    process.env[variable] = proxy.url;
    await send();
    expect(sandbox.messages).toHaveLength(1);
    expect(new Set(proxy.tunnels)).toEqual(new Set([host('login'), host('graph')]));
  },
);

test('a host in NO_PROXY is gone to directly', async () => {
  resolveTo('127.0.0.1');
  const proxy = await startProxy();
  process.env.HTTPS_PROXY = proxy.url;
  process.env.NO_PROXY = 'intranet.example, graph.sandbox.example';
  await send();
  expect(sandbox.messages).toHaveLength(1);
  expect(new Set(proxy.tunnels)).toEqual(new Set([host('login')]));
});

test('NO_PROXY=* leaves the proxy alone altogether', async () => {
  resolveTo('127.0.0.1');
  const proxy = await startProxy();
  Object.assign(process.env, { HTTPS_PROXY: proxy.url, NO_PROXY: '*' });
  await send();
  expect(proxy.tunnels).toEqual([]);
});

test('endpoints on this machine are behind no proxy of the environment, only behind one that is named', async () => {
  const proxy = await startProxy();
  process.env.HTTPS_PROXY = proxy.url;
  const graphEndpoint = `https://localhost:${sandbox.port}`;
  // The sandbox refuses this token, which says that it was reached.
  await expect(sendWithToken({ graphEndpoint })).rejects.toMatchObject({ responseCode: 401 });
  expect(proxy.tunnels).toEqual([]);
  await expect(sendWithToken({ graphEndpoint, proxy: proxy.url })).rejects.toMatchObject({
    responseCode: 401,
  });
  expect([...new Set(proxy.tunnels)]).toEqual([`localhost:${sandbox.port}`]);
});

test('a proxy in the environment that is none is refused at the start, without telling the password', () => {
  process.env.HTTPS_PROXY = 'socks5://user:canary@proxy.example:1080';
  expect(() => graphTransport(sandbox.options)).toThrow(/HTTPS_PROXY must begin with http:\/\/ or https:/);
  expect(() => graphTransport(sandbox.options)).not.toThrow(/canary/);
});

test.each([
  ['no login', ''],
  ['the wrong password', 'user:canary-pass@'],
])('a proxy that wants a login and gets %s is named, and the password is not', async (_, login) => {
  const { host: proxyHost } = await startProxy({ login: 'user:right' });
  const proxy = `http://${login}${proxyHost}`;
  for (const sending of [send, sendWithToken]) {
    const error: unknown = await sending({ proxy }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'GraphTransportError',
      code: 'EAUTH',
      responseCode: 407,
      retryable: false,
      ambiguous: false,
      message: expect.stringMatching(
        `https://(login|graph)\\.sandbox.*the proxy ${proxyHost} wants a user name and password.*407, Negotiate, Basic`,
      ),
      hint: expect.stringContaining('http://user:password@host:port'),
    });
    const said = inspect(error, { depth: 12, showHidden: true });
    for (const secret of ['canary-pass', btoa('user:canary-pass')]) expect(said).not.toContain(secret);
  }
  expect(sandbox.requests).toEqual([]);
});

test('a proxy that is not there is named', async () => {
  const proxy = await startProxy();
  await proxy.close();
  await expect(sendWithToken({ proxy: proxy.url })).rejects.toMatchObject({
    code: 'ECONNECTION',
    retryable: true,
    message: expect.stringMatching(
      `No way to https://${host('graph')} through the proxy ${proxy.host}: .*ECONNREFUSED`,
    ),
  });
});

test.each<[string, NonNullable<ConnectProxyOptions['instead']>, RegExp]>([
  ['answers 403', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'), /it answered 403/],
  ['answers 502', (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'), /it answered 502/],
  ['hangs up', (socket) => socket.destroy(), /UND_ERR_SOCKET/],
])('a proxy that %s is named, and asked once', async (_, instead, said) => {
  const proxy = await startProxy({ instead });
  await expect(sendWithToken({ proxy: proxy.url })).rejects.toMatchObject({
    code: 'ECONNECTION',
    retryable: true,
    message: expect.stringMatching(new RegExp(`through the proxy ${proxy.host}: .*${said.source}`)),
  });
  expect(proxy.tunnels).toHaveLength(1);
});

test('a proxy that does not answer has as long as a connection may take', async () => {
  const proxy = await startProxy({ instead: () => undefined });
  const dispatcher = createDispatcher({ proxy: proxy.url, connectionTimeout: 50 }, {});
  await expect(request(`https://${host('graph')}`, { dispatcher })).rejects.toMatchObject({
    code: 'EPROXY',
    proxy: proxy.host,
    cause: { code: 'UND_ERR_HEADERS_TIMEOUT' },
  });
  await dispatcher.close();
});

test('without its authority a proxy that reads along is not trusted, and the error says where it belongs', async () => {
  resolveTo('127.0.0.1');
  const { url: proxy } = await startProxy();
  const { url: secureProxy } = await startProxy({ secure: true });
  for (const options of [{}, { proxy }, { proxy: secureProxy }]) {
    await expect(sendWithToken({ tls: undefined, ...options })).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE/),
      hint: expect.stringContaining('tls.ca'),
    });
  }
});

test.each([
  ['a string', TLS.ca],
  ['a Buffer', Buffer.from(TLS.ca)],
  ['a list', [rootCertificates[0] ?? '', TLS.ca]],
])('tls.ca may be %s, and counts without a proxy too', async (_, ca) => {
  resolveTo('127.0.0.1');
  await send({ tls: { ca } });
  expect(sandbox.messages).toHaveLength(1);
});

test.each([
  ['tells what it trusts', { getCACertificates: () => [TLS.ca] }, {}],
  ['does not tell', { getCACertificates: undefined }, { NODE_EXTRA_CA_CERTS: TLS.caFile }],
])('tls.ca takes nothing away from what Node trusts, where Node %s', async (_, node, env) => {
  const own = Object.getOwnPropertyDescriptor(tls, 'getCACertificates');
  Object.assign(tls, node);
  try {
    const dispatcher = createDispatcher({ tls: { ca: rootCertificates[0] } }, env);
    const { statusCode } = await request(`https://localhost:${sandbox.port}/v1.0/me`, { dispatcher });
    expect(statusCode).toBe(401);
    await dispatcher.close();
  } finally {
    Reflect.deleteProperty(tls, 'getCACertificates');
    if (own) Object.defineProperty(tls, 'getCACertificates', own);
  }
});

test('tls.minVersion keeps off servers that speak nothing newer', async () => {
  const server = createServer({ ...TLS, maxVersion: 'TLSv1.2' }, (_, answer) => answer.end()).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (minVersion: SecureVersion) => {
    const dispatcher = createDispatcher({ tls: { ca: TLS.ca, minVersion } }, {});
    const { statusCode } = await request(`https://localhost:${port}`, { dispatcher }).finally(() =>
      dispatcher.destroy(),
    );
    return statusCode;
  };
  await expect(ask('TLSv1.2')).resolves.toBe(200);
  await expect(ask('TLSv1.3')).rejects.toMatchObject({
    code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  });
  server.close();
});

test('a host with addresses of both kinds is reached by the one that works', async () => {
  // Nobody listens on ::1.
  resolveTo('::1', '127.0.0.1');
  await send();
  expect(sandbox.messages).toHaveLength(1);
});

test('no more connections are opened to one host than maxConnections', async () => {
  const dispatcher = createDispatcher({ tls: { ca: TLS.ca }, maxConnections: 2 }, {});
  const url = `https://localhost:${sandbox.port}/v1.0/me`;
  const ask = async () => (await request(url, { dispatcher })).body.dump();
  await Promise.all(Array.from({ length: 8 }, ask));
  expect(sandbox.connections()).toBe(2);
  await dispatcher.close();
});

test('messages one after the other share a connection, and many at once open no more than maxConnections', async () => {
  resolveTo('127.0.0.1');
  const transporter = createTransporter({ maxConnections: 2 });
  await transporter.sendMail(MESSAGE);
  // Those to Entra, and one to Graph.
  const opened = sandbox.connections();
  for (let n = 0; n < 5; n++) await transporter.sendMail(MESSAGE);
  expect(sandbox.connections()).toBe(opened);
  await Promise.all(Array.from({ length: 12 }, () => transporter.sendMail(MESSAGE)));
  expect(sandbox.connections()).toBe(opened + 1);
});
