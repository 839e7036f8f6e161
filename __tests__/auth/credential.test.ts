import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { createCredential } from '../../src/auth/credential';
import { systemClock } from '../../src/clock';

let server: Server;
let agent: Agent;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** What the timer of the request would do if its time were over. */
let timeOver = () => {};
let timers = 0;

beforeEach(async () => {
  agent = new Agent();
  server = createServer((request, response) => {
    if (request.method === 'POST') answer(request, response);
    else response.end(JSON.stringify(endpoints()));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const clock = {
  ...systemClock,
  timer(_ms: number, act: () => void) {
    timeOver = act;
    timers++;
    return () => {
      timers--;
    };
  },
};

function credential() {
  const { port } = addressOf(server);
  return createCredential(
    {
      kind: 'secret',
      tenantId: TENANT,
      clientId: '66666666-7777-4888-8999-000000000000',
      clientSecret: 'secret-1',
      authorityHost: `http://127.0.0.1:${port}`,
    },
    agent,
    5000,
    undefined,
    clock,
  );
}

function addressOf(of: Server): AddressInfo {
  const address = of.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return address;
}

/** Where Microsoft's library finds the endpoints of an Entra that it does not know. */
function endpoints() {
  const base = `https://127.0.0.1:${addressOf(server).port}/${TENANT}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
}

const TENANT = '11111111-2222-4333-8444-555555555555';
const SCOPE = 'https://graph.microsoft.com/.default';

test('a local Entra is asked where it is, without encryption', async () => {
  answer = (request, response) => {
    expect(request.headers).toMatchObject({ 'accept-encoding': 'identity' });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'token-1', token_type: 'Bearer', expires_in: 3600 }));
  };
  expect(await credential().getToken(SCOPE)).toMatchObject({ token: 'token-1' });
  expect(timers).toBe(0);
});

test('an Entra that never finishes its answer is left when its time is over', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{', () => timeOver());
  };
  await expect(credential().getToken(SCOPE)).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    message: expect.stringContaining('no complete answer within 5000 ms (ETIMEDOUT)'),
    retryable: true,
  });
  expect(timers).toBe(0);
});

test.each([
  [1_000_000, 'EAUTH', /No token from/],
  [1_000_001, 'ECONNECTION', /the answer is longer than 1000000 bytes/],
])('an answer of %i bytes is %s', async (bytes, code, message) => {
  answer = (_request, response) => response.end(Buffer.alloc(bytes, ' '));
  await expect(credential().getToken(SCOPE)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('what a busy Entra says of the wait, and the id of its answer, are known', async () => {
  answer = (_request, response) => {
    response.writeHead(503, { 'Retry-After': '9', 'X-MS-Request-Id': 'r-1' });
    response.end();
  };
  await expect(credential().getToken(SCOPE)).rejects.toMatchObject({
    code: 'ECONNECTION',
    responseCode: 503,
    retryAfter: 9000,
    requestId: 'r-1',
  });
});

test('an Entra that was busy is asked again at once, and so it is after forget()', async () => {
  let asked = 0;
  answer = (_request, response) => {
    asked++;
    if (asked === 1) response.writeHead(503).end();
    else {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ access_token: `token-${asked}`, token_type: 'Bearer', expires_in: 3600 }),
      );
    }
  };
  const entra = credential();
  await expect(entra.getToken(SCOPE)).rejects.toMatchObject({ responseCode: 503 });
  expect(await entra.getToken(SCOPE)).toMatchObject({ token: 'token-2' });
  expect(await entra.getToken(SCOPE)).toMatchObject({ token: 'token-2' });
  entra.forget();
  expect(await entra.getToken(SCOPE)).toMatchObject({ token: 'token-3' });
});

test("a caller's own credential is asked with what it is given, and nothing is forgotten for it", async () => {
  const asked: unknown[][] = [];
  const own = {
    async getToken(...request: unknown[]) {
      asked.push(request);
      return { token: 'token-1', expiresOnTimestamp: 0 };
    },
  };
  const entra = createCredential({ kind: 'credential', credential: own }, agent, 5000);
  entra.forget();
  expect(await entra.getToken(SCOPE, { claims: 'c' })).toMatchObject({ token: 'token-1' });
  expect(asked).toEqual([[SCOPE, { claims: 'c' }]]);
});
