import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { assembleSandbox, type Sandbox } from './create-sandbox';
import { createInbox } from './inbox/app';
import { requestListener } from './request-listener';
import type { SandboxOptions } from './settings';

/** What `startSandbox()` takes: the scene that the client meets. */
export interface StartSandboxOptions extends Omit<SandboxOptions, 'authorityHost' | 'graphEndpoint'> {
  /** @default 0, any free port */
  port?: number;
  /** Where the URLs of upload sessions lead. @default the sandbox itself */
  uploadOrigin?: string;
}

/** A sandbox that listens on the loopback interface. */
export interface RunningSandbox extends Sandbox {
  /** `http://127.0.0.1:<port>`, Graph's endpoint, Entra's authority and the place of uploads in one. */
  readonly url: string;
  /** The web page that shows what was sent. */
  readonly inboxUrl: string;
  /** Stops listening and cuts the connections that are still open. */
  close(): Promise<void>;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a sandbox on 127.0.0.1, out of reach for other machines. */
export async function startSandbox({
  port = 0,
  ...options
}: StartSandboxOptions = {}): Promise<RunningSandbox> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server);
  const uploadOrigin = options.uploadOrigin ?? url;
  const { sandbox, take } = await assembleBehind(server, {
    ...options,
    explain: options.explain ?? true,
    uploadOrigin,
    authorityHost: url,
    graphEndpoint: url,
  });
  const inbox = createInbox(sandbox);
  server.on(
    'request',
    requestListener(async (request) => {
      const response = await inbox(request);
      return response ? { manner: 'whole', response } : take(request);
    }),
  );
  const close = () => closeServer(server);
  return {
    ...sandbox,
    // Spread alone these would be what they are at this moment for ever.
    get messages() {
      return sandbox.messages;
    },
    get drafts() {
      return sandbox.drafts;
    },
    get faults() {
      return sandbox.faults;
    },
    get latency() {
      return sandbox.latency;
    },
    set latency(milliseconds) {
      sandbox.latency = milliseconds;
    },
    get usage() {
      return sandbox.usage;
    },
    url,
    inboxUrl: `${url}/inbox`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A server that is left listening would keep the process alive after the error. */
async function assembleBehind(
  server: Server,
  options: SandboxOptions,
): Promise<ReturnType<typeof assembleSandbox>> {
  try {
    return assembleSandbox(options);
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The sandbox listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Fulfilled as well when the server was closed before. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
