import type { Dispatcher } from 'undici';
import { GraphTransportError } from '../errors/graph-transport-error';
import { toProxyUrl } from '../options/proxy-url';
import { createSecureContext, type TlsOptions } from '../options/tls-options';
import { ProxyPool } from './proxy-pool';
import { Agent, EnvHttpProxyAgent, ProxyAgent } from './undici';

export interface NetworkOptions {
  /** The proxy for every request. Without it the environment says which go through one. */
  proxy?: string | undefined;
  tls?: TlsOptions | undefined;
  /** Milliseconds for a connection to come about, to the proxy and through it each. */
  connectionTimeout?: number | undefined;
  /** Most connections to one host. */
  maxConnections?: number | undefined;
}

/** The sandbox is on this machine, where no proxy leads to. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The transport's own connections, for tokens, Graph and upload URLs alike. They are kept open for as long
 * as undici thinks safe (four idle seconds): a request that meets a connection which the other end is just
 * closing may have sent its message, and could not be made again.
 *
 * @throws GraphTransportError `ECONFIG` given a proxy in the environment that is none
 */
export function createDispatcher(options: NetworkOptions, env: NodeJS.ProcessEnv): Dispatcher {
  const { proxy, tls, connectionTimeout, maxConnections } = options;
  const connect = {
    timeout: connectionTimeout,
    // Not left to Node, which lets NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment switch the check off.
    rejectUnauthorized: true,
    secureContext: tls === undefined ? undefined : createSecureContext(tls, env),
  };
  const direct = { connect, connections: maxConnections ?? null };
  const tunnelled = {
    ...direct,
    proxyTls: connect,
    requestTls: connect,
    clientFactory: (url: URL, made: object) =>
      new ProxyPool(url, { ...made, headersTimeout: connectionTimeout }),
  };
  if (proxy !== undefined) return new ProxyAgent({ ...tunnelled, uri: proxy });

  const httpProxy = proxyOf('HTTP_PROXY', env);
  const httpsProxy = proxyOf('HTTPS_PROXY', env);
  if (!httpProxy && !httpsProxy) return new Agent(direct);
  const given = variable('NO_PROXY', env).trim();
  const noProxy = given === '*' ? given : [given, ...LOOPBACK].join(',');
  return new EnvHttpProxyAgent({ ...tunnelled, httpProxy, httpsProxy, noProxy });
}

/** The passwords of the proxies that connections may go through. */
export function passwordsOf({ proxy }: NetworkOptions, env: NodeJS.ProcessEnv): string[] {
  return [proxy, variable('HTTP_PROXY', env), variable('HTTPS_PROXY', env)].flatMap((value) => {
    const given = value ? toProxyUrl(value) : undefined;
    return given && 'href' in given ? decodeURIComponent(new URL(given.href).password) : [];
  });
}

function proxyOf(name: string, env: NodeJS.ProcessEnv): string {
  const value = variable(name, env);
  if (!value) return '';
  const proxy = toProxyUrl(value);
  if ('href' in proxy) return proxy.href;
  throw new GraphTransportError(
    'ECONFIG',
    `graphTransport cannot start: environment variable ${name} ${proxy.problem}.`,
  );
}

/** Lower case goes first, as curl has it. */
function variable(name: string, env: NodeJS.ProcessEnv): string {
  const [value = ''] = [name.toLowerCase(), name].flatMap((spelling) =>
    Object.hasOwn(env, spelling) && env[spelling] ? env[spelling] : [],
  );
  return value;
}
