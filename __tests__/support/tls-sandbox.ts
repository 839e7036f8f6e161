import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSandbox, type Sandbox } from '../../src/sandbox';
import { TLS } from './tls';

export interface TlsSandbox extends Sandbox {
  port: number;
  /** Connections that were opened to it. */
  connections(): number;
  close(): Promise<void>;
}

/**
 * A sandbox over TLS, whose Entra, Graph and uploads are on three hosts as Microsoft's are: names that no
 * DNS knows, so that only a proxy or a test's own DNS leads there.
 */
export async function startTlsSandbox(): Promise<TlsSandbox> {
  let connections = 0;
  const server = createServer({ key: TLS.key, cert: TLS.cert });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sandbox = createSandbox({
    authorityHost: `https://login.sandbox.example:${port}`,
    graphEndpoint: `https://graph.sandbox.example:${port}`,
    uploadOrigin: `https://uploads.sandbox.example:${port}`,
  });
  server.on('request', async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    const { method = 'GET', url = '/' } = incoming;
    const request = new Request(new URL(url, `https://${incoming.headers.host}`), {
      method,
      headers,
      body: body.length > 0 ? body : null,
    });
    const answer = await sandbox.handle(request);
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  });
  return {
    ...sandbox,
    port,
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
