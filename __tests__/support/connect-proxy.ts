import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLS } from './tls';

export interface ConnectProxy {
  /** With the login that the proxy wants, if it wants one. */
  url: string;
  /** Host and port, as errors name it. */
  host: string;
  /** Where tunnels were asked to lead, in order. */
  tunnels: string[];
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** `user:password`, as it stands in the URL. */
  login?: string;
  /** What becomes of a request for a tunnel in place of a tunnel. */
  instead?: (socket: Duplex) => void;
  /** Whether the proxy itself is spoken to over TLS. */
  secure?: boolean;
}

/** An HTTP proxy that tunnels. Whatever the host it is asked for, its tunnels lead to this machine. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const { login, instead, secure = false } = options;
  const wanted = login && `Basic ${Buffer.from(decodeURIComponent(login)).toString('base64')}`;
  const tunnels: string[] = [];
  const sockets = new Set<Duplex | Socket>();
  const server = secure ? createTlsServer({ key: TLS.key, cert: TLS.cert }) : createServer();
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.add(socket.on('error', () => undefined));
    tunnels.push(request.url ?? '');
    if (instead) return instead(socket);
    if (wanted && request.headers['proxy-authorization'] !== wanted) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n',
      );
      return;
    }
    const target = connect(Number(/:(\d+)$/.exec(request.url ?? '')?.[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      socket.pipe(target).pipe(socket);
    });
    sockets.add(target.on('error', () => socket.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  return {
    url: `${secure ? 'https' : 'http'}://${login ? `${login}@` : ''}${host}`,
    host,
    tunnels,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
