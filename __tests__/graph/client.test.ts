import { HttpResponse, http } from 'msw';
import { type AnswerEvent, GraphClient } from '../../src/graph/client';
import { type GraphWire, startGraphWire } from '../support/graph-wire';

const endpoint = 'https://graph.microsoft.com';
const uploadUrl = 'https://outlook.office.com/upload/session?authtoken=canary';

let wire: GraphWire;
beforeAll(async () => {
  wire = await startGraphWire();
});
afterEach(() => wire.reset());
afterAll(() => wire.close());

/** A client, and what it tells of each answer. */
function setUp() {
  const events: AnswerEvent[] = [];
  const client = new GraphClient({
    endpoint,
    tokens: { get: async () => 'token', renew: async () => 'token', distrust: () => undefined },
    dispatcher: wire.dispatcher,
    socketTimeout: 1000,
    onAnswer: (event) => events.push(event),
  });
  return { client, events };
}

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

test.each([
  ['an empty body', ''],
  ['an object', '{"id":"1"}'],
])('takes a status like the expected one for success, given %s', async (_, body) => {
  wire.use(http.post(`${endpoint}/v1.0/x`, () => HttpResponse.text(body, { status: 200 })));
  const asked = setUp().client.call({
    method: 'POST',
    path: '/v1.0/x',
    what: 'x',
    expect: 201,
    alike: [200],
  });
  await expect(asked).resolves.toMatchObject({ status: 200, body });
});

test.each([
  ['a page', '<html></html>'],
  ['an error', '{"error":{"code":"x"}}'],
  ['null', 'null'],
])('takes it for no success, given %s', async (_, body) => {
  wire.use(http.post(`${endpoint}/v1.0/x`, () => HttpResponse.text(body, { status: 200 })));
  const asked = setUp().client.call({
    method: 'POST',
    path: '/v1.0/x',
    what: 'x',
    expect: 201,
    alike: [200],
  });
  await expect(asked).rejects.toMatchObject({ responseCode: 200 });
});
