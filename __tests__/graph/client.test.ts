import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpResponse, http } from 'msw';
import { Agent } from 'undici';
import { systemClock } from '../../src/clock';
import { bufferBody } from '../../src/graph/calls';
import { type AnswerEvent, GraphClient, type GraphClientOptions, type Tokens } from '../../src/graph/client';
import { useGraphWire } from '../support/graph-wire';

const endpoint = 'https://graph.microsoft.com';
const uploadUrl = 'https://outlook.office.com/upload/session?authtoken=canary';

const wire = useGraphWire();

/** A client, what it tells of each answer, and what it does with its tokens. */
function setUp(more: Partial<GraphClientOptions> = {}) {
  const events: AnswerEvent[] = [];
  const renewed: unknown[][] = [];
  const distrusted: string[] = [];
  const tokens: Tokens = {
    get: async () => 'first',
    renew: async (refused, claims) => {
      renewed.push([refused, claims]);
      return 'second';
    },
    distrust: (forbidden) => distrusted.push(forbidden),
  };
  const client = new GraphClient({
    endpoint,
    tokens,
    dispatcher: wire.dispatcher,
    socketTimeout: 1000,
    onAnswer: (event) => events.push(event),
    ...more,
  });
  return { client, events, renewed, distrusted };
}

const url = `${endpoint}/v1.0/x`;
const call = { method: 'POST', path: '/v1.0/x', what: 'the message', expect: 202 } as const;
const answer = (status: number, headers: Record<string, string> = {}) =>
  http.post(url, () => new HttpResponse(null, { status, headers }));
const tokensSeen = () => wire.requests.map(({ headers }) => headers.get('authorization'));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const CLAIMS = '{"access_token":{"nbf":{"essential":true}}}';
const CHALLENGE = { 'www-authenticate': `Bearer error="insufficient_claims", claims="${base64(CLAIMS)}"` };

test('tells of each answer how long it took, by a path without its query', async () => {
  wire.use(http.get(`${endpoint}/v1.0/users/a/messages`, () => HttpResponse.json({ value: [] })));
  const { client, events } = setUp();
  const startedAt = performance.now();
  await client.call({
    method: 'GET',
    path: '/v1.0/users/a/messages?$filter=canary',
    what: 'the search',
    expect: 200,
  });
  const elapsedMs = performance.now() - startedAt;
  expect(events).toMatchObject([{ method: 'GET', path: '/v1.0/users/a/messages', status: 200 }]);
  expect(events[0]?.ms).toBeLessThanOrEqual(Math.ceil(elapsedMs));
});

test('tells nothing of where an upload goes, and sends no token there', async () => {
  wire.use(
    http.put('https://outlook.office.com/upload/session', () => new HttpResponse(null, { status: 201 })),
  );
  const { client, events } = setUp();
  await client.upload({ method: 'PUT', url: uploadUrl });
  expect(events).toMatchObject([{ method: 'PUT', path: '(upload session)', status: 201 }]);
  expect(wire.requests[0]?.url).toBe(uploadUrl);
  expect(wire.requests[0]?.headers.has('authorization')).toBe(false);
});

/** Asks for 201, or 200 in its place, and is answered 200 with this body. */
function askForCreated(body: string) {
  wire.use(http.post(`${endpoint}/v1.0/x`, () => HttpResponse.text(body, { status: 200 })));
  return setUp().client.call({
    method: 'POST',
    path: '/v1.0/x',
    what: 'x',
    expect: 201,
    alike: [200],
  });
}

test.each([
  ['an empty body', ''],
  ['a body of white space', '\r\n '],
  ['an object', '{"id":"1"}'],
])('takes a status like the expected one for success, given %s', async (_, body) => {
  await expect(askForCreated(body)).resolves.toMatchObject({ status: 200, body });
});

test.each([
  ['a page', '<html></html>'],
  ['an error', '{"error":{"code":"x"}}'],
  ['null', 'null'],
])('takes it for no success, given %s', async (_, body) => {
  await expect(askForCreated(body)).rejects.toMatchObject({ responseCode: 200 });
});

describe('a token', () => {
  test.each([
    ['401', 401, {}, undefined],
    ['401 with claims', 401, CHALLENGE, CLAIMS],
    ['403 with claims', 403, CHALLENGE, CLAIMS],
  ])(
    'that is refused by %s is renewed, and the same request made with the new one',
    async (_, status, headers, claims) => {
      let asked = 0;
      wire.use(
        http.post(url, () =>
          ++asked === 1
            ? new HttpResponse(null, { status, headers })
            : new HttpResponse(null, { status: 202 }),
        ),
      );
      const { client, renewed, distrusted } = setUp();
      const { clientRequestId } = await client.call(call);
      expect(renewed).toEqual([['first', claims]]);
      expect(tokensSeen()).toEqual(['Bearer first', 'Bearer second']);
      expect(wire.requests.map(({ headers }) => headers.get('client-request-id'))).toEqual([
        clientRequestId,
        clientRequestId,
      ]);
      expect(distrusted).toEqual([]);
    },
  );

  test('is renewed once only', async () => {
    wire.use(answer(401));
    const { client, renewed, distrusted } = setUp();
    await expect(client.call(call)).rejects.toMatchObject({ code: 'EAUTH', responseCode: 401 });
    expect(renewed).toHaveLength(1);
    expect(tokensSeen()).toHaveLength(2);
    expect(distrusted).toEqual([]);
  });

  test('of an app that lacks a permission is not renewed at once, but no longer trusted', async () => {
    wire.use(answer(403));
    const { client, renewed, distrusted } = setUp();
    await expect(client.call(call)).rejects.toMatchObject({ responseCode: 403 });
    expect(renewed).toEqual([]);
    expect(distrusted).toEqual(['first']);
  });

  test('is trusted as before after any other failure, even one that demands claims', async () => {
    wire.use(answer(500, CHALLENGE));
    const { client, renewed, distrusted } = setUp();
    await expect(client.call(call)).rejects.toMatchObject({ responseCode: 500 });
    expect({ renewed, distrusted }).toEqual({ renewed: [], distrusted: [] });
  });
});

test('sends the headers that it is given, and a content type only if there is one', async () => {
  wire.use(answer(202));
  const { client } = setUp();
  await client.call({
    ...call,
    headers: { prefer: 'x' },
    contentType: 'text/plain',
    body: bufferBody(Buffer.from('a')),
  });
  await client.call(call);
  const [first, second] = wire.requests;
  expect([first?.headers.get('prefer'), first?.headers.get('content-type'), first?.body]).toEqual([
    'x',
    'text/plain',
    'a',
  ]);
  expect(second?.headers.has('content-type')).toBe(false);
});

test('tells when Graph answered, by the clock of Graph', async () => {
  wire.use(answer(202, { date: 'Mon, 23 Nov 2026 10:00:00 GMT', 'request-id': 'id-of-graph' }));
  await expect(setUp().client.call(call)).resolves.toMatchObject({
    status: 202,
    requestId: 'id-of-graph',
    date: Date.UTC(2026, 10, 23, 10),
    body: '',
  });
});

test('cuts a request id that is far too long to be one', async () => {
  wire.use(answer(202, { 'request-id': 'i'.repeat(1000) }));
  const { client, events } = setUp();
  const { requestId } = await client.call(call);
  expect(requestId).toBe('i'.repeat(200));
  expect(events[0]?.requestId).toBe(requestId);
});

test('reads far more of an answer that it needs than of one that it only reports', async () => {
  const text = 'long '.repeat(100_000);
  wire.use(http.post(url, () => HttpResponse.json({ text }, { status: 201 })));
  const { client } = setUp();
  const { body } = await client.call({ ...call, expect: 201, wantsBody: true });
  expect(JSON.parse(body)).toEqual({ text });
  // A success that is alike is judged by all of its body.
  await expect(client.call({ ...call, alike: [201] })).resolves.toMatchObject({ status: 201, body });
  wire.use(http.post(url, () => HttpResponse.json({ text, error: { code: 'x' } }, { status: 400 })));
  await expect(client.call(call)).rejects.toMatchObject({ graphCode: undefined });
});

test('takes no other status for success that it was not told of', async () => {
  wire.use(answer(200));
  await expect(setUp().client.call(call)).rejects.toMatchObject({ responseCode: 200 });
  await expect(setUp().client.call({ ...call, alike: [201] })).rejects.toMatchObject({ responseCode: 200 });
});

test('counts the wait that a date asks for from the date that its clock tells', async () => {
  wire.use(answer(503, { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }));
  const clock = { ...systemClock, date: () => Date.UTC(2026, 10, 23, 10) };
  await expect(setUp({ clock }).client.call(call)).rejects.toMatchObject({ retryAfter: 30_000 });
});

describe('a file', () => {
  const file = Buffer.from('From: \xe4\r\n\r\n'.repeat(10), 'latin1');
  const wanted = { method: 'GET', path: '/v1.0/x', what: 'the file', expect: 200 } as const;

  test('has one character for each of its bytes', async () => {
    wire.use(http.get(url, () => HttpResponse.arrayBuffer(new Uint8Array(file).buffer)));
    const { body } = await setUp().client.call({ ...wanted, fileBytes: 1000 });
    expect(body).toBe(file.toString('latin1'));
  });

  test('is read no further than needed', async () => {
    wire.use(http.get(url, () => HttpResponse.arrayBuffer(new Uint8Array(file).buffer)));
    const { body } = await setUp().client.call({ ...wanted, fileBytes: 6 });
    expect(body).toBe('From: ');
  });

  test.each([
    ['is needed', 1000, 'rejects'],
    ['is not needed', 20, 'resolves'],
  ] as const)('may break off only where it %s no more', async (_, fileBytes, settles) => {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(file.subarray(0, 20), () => request.socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const agent = new Agent();
    const { client } = setUp({ endpoint: `http://127.0.0.1:${port}`, dispatcher: agent });
    const asked = client.call({ ...wanted, fileBytes });
    if (settles === 'resolves')
      await expect(asked).resolves.toMatchObject({ body: file.toString('latin1', 0, 20) });
    else
      await expect(asked).rejects.toMatchObject({
        code: 'ECONNECTION',
        message: 'The answer of Graph breaks off.',
        ambiguous: true,
      });
    await agent.destroy();
    server.close();
  });

  test('that Graph refuses is an error like any other', async () => {
    wire.use(
      http.get(url, () => HttpResponse.json({ error: { code: 'ErrorItemNotFound' } }, { status: 404 })),
    );
    await expect(setUp().client.call({ ...wanted, fileBytes: 1000 })).rejects.toMatchObject({
      graphCode: 'ErrorItemNotFound',
    });
  });
});

describe('who aborts a request after it has reached Graph', () => {
  test.each([
    ['that sends', { sends: true }, true],
    ['that creates something', { creates: true }, true],
    ['that leaves nothing behind', {}, false],
  ])('%s is told whether it may have been carried out', async (_, kind, ambiguous) => {
    const abort = new AbortController();
    wire.use(
      http.post(url, () => {
        abort.abort();
        return HttpResponse.error();
      }),
    );
    await expect(setUp().client.call({ ...call, ...kind }, abort.signal)).rejects.toMatchObject({
      code: 'EABORT',
      ambiguous,
    });
  });

  test('makes no request if it was aborted before', async () => {
    await expect(setUp().client.call({ ...call, sends: true }, AbortSignal.abort())).rejects.toMatchObject({
      code: 'EABORT',
      ambiguous: false,
    });
    expect(wire.requests).toEqual([]);
  });
});

describe('an upload host', () => {
  const there = 'https://outlook.office.com/upload/session';

  test('is heard whatever it answers, with its ids and the wait that it asks for', async () => {
    const headers = { 'request-id': 'id-of-host', 'client-request-id': 'ours', 'retry-after': '7' };
    wire.use(http.put(there, () => HttpResponse.text('busy', { status: 503, headers })));
    const put = {
      method: 'PUT',
      url: uploadUrl,
      headers: { 'content-range': 'bytes 0-0/1' },
      body: bufferBody(Buffer.from('a')),
    } as const;
    await expect(setUp().client.upload(put)).resolves.toEqual({
      status: 503,
      body: 'busy',
      requestId: 'id-of-host',
      clientRequestId: 'ours',
      retryAfter: 7000,
    });
    expect(wire.requests).toMatchObject([{ body: 'a' }]);
    expect(wire.requests[0]?.headers.get('content-range')).toBe('bytes 0-0/1');
  });

  test('may never have received what was aborted: nothing is sent by it', async () => {
    const abort = new AbortController();
    wire.use(
      http.put(there, () => {
        abort.abort();
        return HttpResponse.error();
      }),
    );
    await expect(
      setUp().client.upload({ method: 'PUT', url: uploadUrl }, abort.signal),
    ).rejects.toMatchObject({ code: 'EABORT', ambiguous: false });
  });

  test('that cannot be reached is named without its URL', async () => {
    wire.use(http.put(there, () => HttpResponse.error()));
    await expect(setUp().client.upload({ method: 'PUT', url: uploadUrl })).rejects.toMatchObject({
      code: 'ECONNECTION',
      message: expect.stringContaining('the upload session'),
    });
  });

  test('has a URL that counts as a secret from then on', async () => {
    wire.use(http.put(there, () => new HttpResponse(null, { status: 201 })));
    const known: string[] = [];
    const secrets = { addUrl: (secret: string) => known.push(secret), strike: (text: string) => text };
    await setUp({ secrets }).client.upload({ method: 'PUT', url: uploadUrl });
    expect(known).toEqual([uploadUrl]);
  });
});

test('strikes secrets out of ids and errors', async () => {
  wire.use(
    http.post(url, () =>
      HttpResponse.json(
        { error: { code: 'x', message: 'canary!' } },
        { status: 400, headers: { 'request-id': 'canary-1' } },
      ),
    ),
  );
  const secrets = { addUrl: () => undefined, strike: (text: string) => text.replace('canary', '…') };
  const { client, events } = setUp({ secrets });
  await expect(client.call(call)).rejects.toMatchObject({ requestId: '…-1', response: '400 x …!' });
  expect(events[0]?.requestId).toBe('…-1');
});

test('is alone only if its endpoint is a sandbox on another machine', () => {
  expect(setUp().client.isAlone).toBe(false);
  expect(setUp({ insecureSandbox: true }).client.isAlone).toBe(true);
  expect(setUp().client.endpoint).toBe(endpoint);
});

test("knows by the latest answer with a date how far this machine's clock is ahead of Graph's", async () => {
  const graphsTime = Date.UTC(2030, 0, 1, 12);
  let now = graphsTime + 90_000;
  const { client } = setUp({ clock: { ...systemClock, date: () => now } });
  expect(client.clockAheadMs).toBeUndefined();
  wire.use(answer(202, { date: new Date(graphsTime).toUTCString() }));
  await client.call(call);
  expect(client.clockAheadMs).toBe(90_000);
  wire.use(answer(202, { date: 'today' }));
  await client.call(call);
  expect(client.clockAheadMs).toBe(90_000);
  now = graphsTime - 5000;
  wire.use(answer(202, { date: new Date(graphsTime).toUTCString() }));
  await client.call(call);
  expect(client.clockAheadMs).toBe(-5000);
});
