import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { assembleSandbox, type Sandbox } from './create-sandbox';
import { createInbox, messageJson } from './inbox/app';
import { checkHosts, isLoopback } from './own-hosts';
import { requestListener } from './request-listener';
import type { SandboxOptions } from './settings';
import { reportMessages } from './webhook';
import { checkWebhook } from './webhook-url';

/** Options of `startSandbox()`. */
export interface StartSandboxOptions extends Omit<SandboxOptions, 'authorityHost' | 'graphEndpoint'> {
  /** @default 0, any free port */
  port?: number;
  /**
   * The address to listen on. On any but this machine's own, such as `0.0.0.0` in a container, anyone who reaches it
   * can read and delete its mail: it requires `allowedHosts`, and a warning is printed.
   * @default '127.0.0.1'
   */
  host?: string;
  /**
   * The names that clients use for the sandbox, without ports, such as its service in a compose file. A request with
   * any other Host header is refused, since any web page can point its own name here. The first name becomes the host
   * of `url`, `options` and `env`. 127.0.0.1, localhost and [::1] are always allowed.
   * @default []
   */
  allowedHosts?: readonly string[];
  /** The origin of upload URLs. @default the sandbox itself */
  uploadOrigin?: string;
  /**
   * Each message is posted to this URL, as the JSON that the HTTP API has for it. A receiver that fails is tried three
   * times, then a warning is printed; sending never waits for it. It has to be on this machine, unless
   * `allowRemoteWebhook` is set.
   */
  webhook?: string;
  /** Whether the webhook may be on another machine, which then gets every message. @default false */
  allowRemoteWebhook?: boolean;
}

/** A sandbox that listens, on the loopback interface unless told otherwise. */
export interface RunningSandbox extends Sandbox {
  /** `http://127.0.0.1:<port>`, or the first of `allowedHosts` instead: the origin of Graph, Entra and uploads. */
  readonly url: string;
  /** The page that shows what was sent, for a browser on this machine. */
  readonly inboxUrl: string;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a sandbox on 127.0.0.1, which other machines cannot reach, or on `host`.
 *
 * @throws TypeError if options are invalid; nothing is left listening
 */
export function startSandbox(options: StartSandboxOptions = {}): Promise<RunningSandbox> {
  return openSandbox(options, (warning) => process.emitWarning(warning));
}

/** @param warn called if other machines can reach the sandbox, or its webhook fails */
export async function openSandbox(
  {
    port = 0,
    host = '127.0.0.1',
    allowedHosts = [],
    webhook,
    allowRemoteWebhook = false,
    ...options
  }: StartSandboxOptions,
  warn: (warning: string) => void,
): Promise<RunningSandbox> {
  checkHosts(host, allowedHosts);
  const receiver = checkWebhook(webhook, allowRemoteWebhook);
  const names = [...allowedHosts];
  const server = createServer();
  try {
    server.listen(port, host.replace(/^\[(.*)\]$/, '$1'));
    await once(server, 'listening');
    const { local, url } = addressesOf(server, names);
    const { sandbox, take, endWaits } = assembleSandbox(
      {
        ...options,
        explain: options.explain ?? true,
        uploadOrigin: options.uploadOrigin ?? url,
        authorityHost: url,
        graphEndpoint: url,
      },
      names,
    );
    const inbox = createInbox(sandbox);
    server.on(
      'request',
      requestListener(
        async (request) => {
          const response = await inbox(request);
          return response ? { manner: 'whole', response } : take(request);
        },
        isLoopback(host) ? [...names, new URL(local).hostname] : names,
        names.length > 0,
      ),
    );
    if (!isLoopback(host)) warn(networkWarning(host));
    const stopReports = receiver && reportMessages(sandbox, receiver, messageJson, warn);
    const close = () => {
      endWaits();
      stopReports?.();
      return closeServer(server);
    };
    // The sandbox itself and no copy: spreading would freeze its getters at their current values.
    return Object.assign(sandbox, {
      url,
      inboxUrl: `${local}/inbox`,
      close,
      [Symbol.asyncDispose]: close,
    });
  } catch (error) {
    // A server that still listens would keep the process alive after the error.
    await closeServer(server);
    throw error;
  }
}

/** Where a browser on this machine finds the server, and the address for clients. */
function addressesOf(server: Server, names: readonly string[]): { local: string; url: string } {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new TypeError('The sandbox is not listening on a port');
  const at = (host: string) => `http://${host}:${address.port}`;
  const [name] = names;
  const isEverywhere = address.address === '0.0.0.0' || address.address === '::';
  if (isEverywhere) return { local: at('127.0.0.1'), url: at(name ?? '127.0.0.1') };
  const own = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  if (name === undefined) return { local: at(own), url: at(own) };
  return { local: at(isLoopback(address.address) ? own : name), url: at(name) };
}

function networkWarning(host: string): string {
  return (
    `The sandbox listens on ${host}, where other machines may reach it. It is not made for a network: anyone who ` +
    'reaches it can read and delete its mail, its secret is no secret, and nothing is encrypted. Keep it in a private ' +
    'network of containers, and never give it a real secret.'
  );
}

/** Also resolves if the server was closed before, or never listened. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
