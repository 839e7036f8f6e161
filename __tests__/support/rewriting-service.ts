import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { Sandbox } from '../../src/sandbox';

/**
 * A dispatcher that leads to a sandbox, wherever a request is addressed to, and changes the bodies of its answers.
 *
 * @param look is shown every request before it is carried out, and waited for
 */
export async function rewritingService(
  sandbox: Sandbox,
  change: (body: string) => string,
  look: (request: Request) => void | Promise<void> = () => undefined,
): Promise<{ dispatcher: Dispatcher; close(): Promise<void> }> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    const body = Buffer.concat(chunks);
    const request = new Request(`http://127.0.0.1${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers,
      body: body.length > 0 ? body : null,
    });
    await look(request);
    const response = await sandbox.handle(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(change(await response.text()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new Agent();
  return {
    dispatcher: agent.compose((dispatch) => (options, handler) => dispatch({ ...options, origin }, handler)),
    close: async () => {
      await agent.close();
      await new Promise((done) => server.close(done));
    },
  };
}
