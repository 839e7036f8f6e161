import type { Dispatcher } from 'undici';
import { GraphTransportError } from '../errors/graph-transport-error';
import { toProxyUrl } from '../options/proxy-url';
import { createSecureContext, type TlsOptions } from '../options/tls-options';
import { Agent, wholeUndici } from './undici';

/** How the transport connects to Entra and Graph. */
export interface NetworkOptions {
  /** The proxy for all requests. Without it, environment variables decide which requests use a proxy. */
  proxy?: string | undefined;
  tls?: TlsOptions | undefined;
  /**
   * Milliseconds to wait for a connection. The connection to the proxy and the one through it count separately.
   */
  connectionTimeout?: number | undefined;
  /** The service is a sandbox on a network of containers, which no proxy in the environment can reach. */
  insecureSandbox?: true | undefined;
  /** The most connections to one host. */
  maxConnections?: number | undefined;
}

/** A sandbox on this machine, which a proxy could not reach. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The transport's own connections, shared by requests for tokens, to Graph and to upload URLs. An idle
 * connection stays open only as long as undici considers safe (four seconds): if the server closes it just as a
 * request is written, the message may have been sent, and the request could not be repeated.
 *
 * @throws GraphTransportError `ECONFIG` if a proxy variable in the environment is not a valid proxy URL
 */
export function createDispatcher(options: NetworkOptions, env: NodeJS.ProcessEnv): Dispatcher {
  const { proxy, tls, connectionTimeout, maxConnections, insecureSandbox } = options;
  const connect = {
    timeout: connectionTimeout,
    // Set here because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise make Node skip the check.
    rejectUnauthorized: true,
    secureContext: tls === undefined ? undefined : createSecureContext(tls, env),
  };
  const direct = { connect, connections: maxConnections ?? null };
  const tunnelled = () => {
    const { ProxyPool }: typeof import('./proxy-pool') = require('./proxy-pool');
    return {
      ...direct,
      proxyTls: connect,
      requestTls: connect,
      clientFactory: (url: URL, made: object) =>
        new ProxyPool(url, { ...made, headersTimeout: connectionTimeout }),
    };
  };
  if (proxy !== undefined) return new (wholeUndici().ProxyAgent)({ ...tunnelled(), uri: proxy });
  if (insecureSandbox) return new Agent(direct);

  const httpProxy = proxyOf('HTTP_PROXY', env);
  const httpsProxy = proxyOf('HTTPS_PROXY', env);
  if (!httpProxy && !httpsProxy) return new Agent(direct);
  const given = variable('NO_PROXY', env).trim();
  const noProxy = given === '*' ? given : [given, ...LOOPBACK].join(',');
  return new (wholeUndici().EnvHttpProxyAgent)({ ...tunnelled(), httpProxy, httpsProxy, noProxy });
}

/** The passwords of all proxies that connections may go through. */
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

/** Lower case takes precedence, as in curl. */
function variable(name: string, env: NodeJS.ProcessEnv): string {
  const [value = ''] = [name.toLowerCase(), name].flatMap((spelling) =>
    Object.hasOwn(env, spelling) && env[spelling] ? env[spelling] : [],
  );
  return value;
}
