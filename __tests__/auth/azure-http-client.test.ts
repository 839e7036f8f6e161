import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { type AzureHttpClient, createAzureHttpClient, type Exchange } from '../../src/auth/azure-http-client';
import { systemClock } from '../../src/clock';

type AzureRequest = Parameters<AzureHttpClient['sendRequest']>[0];

/** A request as Azure's pipeline makes it. */
function azureRequest(url: string, changes: Partial<AzureRequest> = {}): AzureRequest {
  const headers = new Map([['accept-encoding', 'gzip,deflate']]);
  return {
    url,
    method: 'GET',
    headers: Object.assign(headers, { toJSON: () => Object.fromEntries(headers) }),
    timeout: 0,
    withCredentials: false,
    requestId: 'r-1',
    ...changes,
  };
}

let agent: Agent;
let seen: { origin: unknown; body: unknown }[];
let exchanges: Exchange[];
let closings: (() => void)[];

beforeEach(() => {
  agent = new Agent();
  seen = [];
  exchanges = [];
  closings = [];
});
afterEach(async () => {
  await agent.destroy();
  for (const close of closings) close();
});

/** Where an Entra on this machine listens. */
async function startEntra(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  closings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = await new Promise<AddressInfo | string | null>((listening) =>
    server.listen(0, '127.0.0.1', () => listening(server.address())),
  );
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return `127.0.0.1:${address.port}`;
}

/** The client of an app whose Entra is there, which shows what it is asked. */
function clientOf(authorityHost: string): AzureHttpClient {
  const noting = agent.compose((dispatch) => (request, handler) => {
    seen.push({ origin: request.origin, body: request.body });
    return dispatch(request, handler);
  });
  return createAzureHttpClient(noting, authorityHost, {
    timeoutMs: 5000,
    clock: systemClock,
    onExchange: (exchange) => exchanges.push(exchange),
  });
}

test("an app's credential that gives up waiting ends the request", async () => {
  const giveUp = new AbortController();
  const host = await startEntra(() => giveUp.abort());
  const asked = clientOf(`http://${host}`).sendRequest(
    azureRequest(`https://${host}/token`, { abortSignal: giveUp.signal }),
  );
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect(exchanges).toEqual([{ error: expect.objectContaining({ name: 'AbortError' }) }]);
});

test('only the local Entra is asked without encryption', async () => {
  const host = await startEntra((_request, response) => response.end('{}'));
  const client = clientOf(`http://${host}`);
  await client.sendRequest(azureRequest(`https://${host}/token`));
  // Nothing listens there, which is as well: it would be told a secret.
  await expect(client.sendRequest(azureRequest('https://127.0.0.1:1/token'))).rejects.toThrow();
  expect(seen.map(({ origin }) => origin)).toEqual([`http://${host}`, 'https://127.0.0.1:1']);
});

test('what is no form is refused before anything is sent', async () => {
  const client = clientOf('http://127.0.0.1:1');
  const bytes = azureRequest('https://127.0.0.1:1/token', { method: 'POST', body: new Uint8Array(3) });
  await expect(client.sendRequest(bytes)).rejects.toThrow('The body of a token request must be a form.');
  expect(seen).toEqual([]);
  expect(exchanges).toEqual([{ error: expect.any(TypeError) }]);
});

test.each([undefined, null, 'grant_type=client_credentials'])(
  'the body %j is sent as it is',
  async (body) => {
    const host = await startEntra((request, response) => request.pipe(response));
    const client = clientOf(`http://${host}`);
    const request = azureRequest(`https://${host}/token`, { method: 'POST', body });
    expect(await client.sendRequest(request)).toMatchObject({ request, status: 200, bodyAsText: body ?? '' });
  },
);

test('the headers of an answer are there by their names, in whatever case', async () => {
  const host = await startEntra((_request, response) => {
    response.writeHead(200, { 'X-MS-Request-Id': 'r-1', 'Set-Cookie': ['a=1', 'b=2'] });
    response.end();
  });
  const { headers } = await clientOf(`http://${host}`).sendRequest(azureRequest(`https://${host}/token`));
  expect(headers.toJSON()).toMatchObject({ 'x-ms-request-id': 'r-1', 'set-cookie': 'a=1, b=2' });
  expect([headers.has('X-MS-REQUEST-ID'), headers.has('x-other')]).toEqual([true, false]);
  headers.delete('X-MS-Request-ID');
  expect(headers.get('X-MS-Request-Id')).toBeUndefined();
});
