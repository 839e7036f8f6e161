import tls from 'node:tls';

import { createDispatcher, type NetworkOptions, passwordsOf } from '../../src/network/dispatcher';
import { Agent, wholeUndici } from '../../src/network/undici';
import { TLS } from '../support/tls';

/** What undici is given to make connections with: directly, or through the proxies of an option or the environment. */
function given(
  options: NetworkOptions,
  env: Record<string, string> = {},
): { name: string; options?: unknown } {
  const undici = wholeUndici();
  const { ProxyAgent, EnvHttpProxyAgent } = undici;
  let made: { name: string; options: unknown } | undefined;
  for (const name of ['ProxyAgent', 'EnvHttpProxyAgent']) {
    class Noting extends Agent {
      constructor(given: unknown) {
        super();
        made = { name, options: given };
      }
    }
    Reflect.set(undici, name, Noting);
  }
  try {
    const dispatcher = createDispatcher(options, env);
    return made ?? { name: dispatcher.constructor === Agent ? 'Agent' : 'another' };
  } finally {
    Object.assign(undici, { ProxyAgent, EnvHttpProxyAgent });
  }
}

const PROXY = 'http://proxy.example:3128';

test.each<[Record<string, string>, object | undefined]>([
  [{}, undefined],
  [{ HTTP_PROXY: '', https_proxy: '' }, undefined],
  [{ NO_PROXY: '*' }, undefined],
  [{ HTTP_PROXY: PROXY }, { httpProxy: `${PROXY}/`, httpsProxy: '' }],
  [{ HTTPS_PROXY: PROXY }, { httpProxy: '', httpsProxy: `${PROXY}/` }],
  [{ HTTPS_PROXY: PROXY, https_proxy: 'other.example:1' }, { httpsProxy: 'http://other.example:1/' }],
  [{ HTTPS_PROXY: PROXY, https_proxy: '' }, { httpsProxy: `${PROXY}/` }],
  [{ HTTPS_PROXY: PROXY }, { noProxy: ',localhost,127.0.0.1,[::1]' }],
  [{ HTTPS_PROXY: PROXY, NO_PROXY: ' .example ' }, { noProxy: '.example,localhost,127.0.0.1,[::1]' }],
  [{ HTTPS_PROXY: PROXY, no_proxy: ' * ' }, { noProxy: '*' }],
])('with the environment %j, undici takes the proxies %j', (env, proxies) => {
  const made = given({}, env);
  if (proxies === undefined) expect(made).toEqual({ name: 'Agent' });
  else expect(made).toMatchObject({ name: 'EnvHttpProxyAgent', options: proxies });
});

test('a sandbox in another container is spoken to directly, but through a proxy that is named', () => {
  expect(given({ insecureSandbox: true }, { HTTPS_PROXY: PROXY })).toEqual({ name: 'Agent' });
  expect(given({ insecureSandbox: true, proxy: PROXY })).toMatchObject({
    name: 'ProxyAgent',
    options: { uri: PROXY },
  });
});

test('a proxy on the prototype of the environment is none', () => {
  expect(given({}, Object.create({ HTTPS_PROXY: PROXY }))).toEqual({ name: 'Agent' });
});

test('certificates are checked and limits kept on each part of the way', () => {
  const context = jest.spyOn(tls, 'createSecureContext').mockReturnValue({ context: 'trusted' });
  const options = { connectionTimeout: 7000, maxConnections: 3, tls: { ca: TLS.ca } };
  const connect = { timeout: 7000, rejectUnauthorized: true, secureContext: { context: 'trusted' } };
  const made = given({ ...options, proxy: PROXY });
  context.mockRestore();
  expect(made).toEqual({
    name: 'ProxyAgent',
    options: {
      uri: PROXY,
      connections: 3,
      connect,
      proxyTls: connect,
      requestTls: connect,
      clientFactory: expect.any(Function),
    },
  });
  expect(given({ proxy: PROXY })).toMatchObject({
    options: { connections: null, connect: { rejectUnauthorized: true, secureContext: undefined } },
  });
});

test.each([
  ['ftp://proxy.example', 'must begin with http:// or https://: other kinds of proxy are not supported'],
  ['http://', 'is not a URL such as http://proxy.example:3128'],
])('a proxy %s in the environment is refused at the start', (value, problem) => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
    expect(() => given({}, { [name]: value })).toThrow(
      expect.objectContaining({
        code: 'ECONFIG',
        message: `graphTransport cannot start: environment variable ${name} ${problem}.`,
      }),
    );
  }
});

test('the passwords of all proxies are known, decoded', () => {
  const env = { HTTP_PROXY: 'http://ann:p%25ss@a.example', https_proxy: 'bob:pass-2@b.example' };
  expect(passwordsOf({ proxy: 'http://cid:pass-3@c.example/' }, env)).toEqual(['pass-3', 'p%ss', 'pass-2']);
  expect(passwordsOf({}, { HTTP_PROXY: 'ftp://ann:pass@a.example' })).toEqual([]);
  expect(passwordsOf({}, {})).toEqual([]);
});
