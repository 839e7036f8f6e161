import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Agent } from 'undici';
import { type Clock, systemClock } from '../../src/clock';
import { bufferBody } from '../../src/graph/calls';
import { Exchange, type ExchangeRequest } from '../../src/graph/http-exchange';

let server: Server;
let dispatcher: Agent;
let origin: string;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  dispatcher = new Agent({ connections: 1 });
});
afterEach(async () => {
  await dispatcher.destroy();
  server.closeAllConnections();
  server.close();
});

const SMALL = Buffer.from('{"message":{}}');
const LARGE = Buffer.alloc(4_000_000, 'x');

function exchange(wanted: Partial<ExchangeRequest> = {}, signal?: AbortSignal) {
  const request: ExchangeRequest = {
    origin,
    path: '/v1.0/me?x=1',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bufferBody(SMALL),
    socketTimeout: 5000,
    ...wanted,
  };
  const made = new Exchange(request, signal);
  return { made, answered: made.run(dispatcher) };
}

function answerWith(listener: RequestListener): IncomingMessage[] {
  const requests: IncomingMessage[] = [];
  server.on('request', (request, response) => {
    requests.push(request);
    listener(request, response);
  });
  return requests;
}

test.each([
  ['small', SMALL],
  ['large', LARGE],
  ['empty', Buffer.alloc(0)],
])('a %s body arrives whole, and so does the answer', async (_size, bytes) => {
  const bodies: Promise<Buffer>[] = [];
  const requests = answerWith(async (request, response) => {
    bodies.push(buffer(request));
    await bodies[0];
    response.writeHead(201, { 'request-id': 'abc' }).end('{"id":"1"}');
  });
  const { made, answered } = exchange({ body: bufferBody(bytes) });
  const answer = await answered;
  expect(answer.status).toBe(201);
  expect(answer.headers['request-id']).toBe('abc');
  expect(await answer.bodyStart()).toBe('{"id":"1"}');
  expect((await bodies[0])?.equals(bytes)).toBe(true);
  expect(requests[0]?.url).toBe('/v1.0/me?x=1');
  expect(requests[0]?.headers['content-length']).toBe(String(bytes.length));
  expect(made.isWritten).toBe(true);
});

test('an interim answer is not the answer', async () => {
  answerWith((_request, response) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    response.writeHead(202).end();
  });
  expect((await exchange().answered).status).toBe(202);
});

test('of an answer that goes on and on the start is enough, and its connection is given up', async () => {
  answerWith((_request, response) => {
    response.writeHead(502);
    const write = () => response.write('x'.repeat(10_000)) && setImmediate(write);
    response.on('drain', write).on('close', () => response.off('drain', write));
    write();
  });
  const answer = await exchange().answered;
  expect(await answer.bodyStart()).toBe('x'.repeat(64 * 1024));
  // The only connection there may be is free for others.
  server.removeAllListeners('request');
  answerWith((_request, response) => response.writeHead(202).end());
  expect((await exchange().answered).status).toBe(202);
}, 3000);

test('an answer that stops in the middle is waited for as long as a silence may take, and kept', async () => {
  answerWith((_request, response) => response.writeHead(400).write('{"error":'));
  const answer = await exchange({ socketTimeout: 300 }).answered;
  expect(await answer.bodyStart()).toBe('{"error":');
});

test.each([
  [60_000, 10_000],
  [300, 300],
])('given a silence of %s ms the rest of an answer may take %s ms', async (socketTimeout, longestMs) => {
  answerWith((_request, response) => response.writeHead(400).write('{"error":'));
  const { answer, timers } = await timedExchange(socketTimeout);
  // It keeps no process from ending.
  expect(timers).toMatchObject([{ ms: longestMs, inBackground: true }]);
  const body = answer.bodyStart();
  timers[0]?.act();
  expect(await body).toBe('{"error":');
});

test('no timer is set for an answer that has ended with its headers, as nearly all do', async () => {
  answerWith((_request, response) => response.writeHead(202).end());
  expect((await timedExchange(60_000)).timers).toEqual([]);
});

async function timedExchange(socketTimeout: number) {
  const timers: { ms: number; act: () => void; inBackground: boolean | undefined }[] = [];
  const clock: Clock = {
    ...systemClock,
    timer: (ms, act, inBackground) => {
      timers.push({ ms, act, inBackground });
      return () => undefined;
    },
  };
  const request: ExchangeRequest = {
    origin,
    path: '/',
    method: 'POST',
    headers: {},
    body: undefined,
    socketTimeout,
  };
  return { answer: await new Exchange(request, undefined, clock).run(dispatcher), timers };
}

test('a connection is used again when nobody has asked for the body of the answer', async () => {
  const requests = answerWith((_request, response) => response.writeHead(202).end('not of interest'));
  await exchange().answered;
  await exchange().answered;
  expect(requests[1]?.socket).toBe(requests[0]?.socket);
});

test('who aborts while there is no connection yet has sent nothing, now or later', async () => {
  const requests = answerWith((request, response) => {
    if (request.url === '/later') response.writeHead(202).end();
    else setTimeout(() => response.writeHead(202).end(), 300);
  });
  const first = exchange();
  const abort = new AbortController();
  const second = exchange({ path: '/never' }, abort.signal);
  abort.abort(new Error('enough'));
  await expect(second.answered).rejects.toThrow('enough');
  expect(second.made.isWritten).toBe(false);
  await first.answered;
  await exchange({ path: '/later' }).answered;
  expect(requests.map(({ url }) => url)).toEqual(['/v1.0/me?x=1', '/later']);
});

test('who aborts while waiting for the answer may have sent it', async () => {
  const abort = new AbortController();
  answerWith(() => abort.abort(new Error('enough')));
  const { made, answered } = exchange({}, abort.signal);
  await expect(answered).rejects.toThrow('enough');
  expect(made.isWritten).toBe(true);
});

test('a large body that breaks off has not been written', async () => {
  answerWith((request) => request.socket.destroy());
  const { made, answered } = exchange({ body: bufferBody(Buffer.alloc(40_000_000)) });
  await expect(answered).rejects.toThrow();
  expect(made.isWritten).toBe(false);
});

test('leaves nothing behind on a signal that outlives it', async () => {
  answerWith((_request, response) => response.writeHead(202).end());
  const { signal } = new AbortController();
  const answer = await exchange({}, signal).answered;
  await answer.bodyStart();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  server.removeAllListeners('request');
  answerWith((request) => request.socket.destroy());
  await expect(exchange({}, signal).answered).rejects.toThrow();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a header that cannot be sent fails the request', async () => {
  const { signal } = new AbortController();
  const { made, answered } = exchange({ headers: { 'x-odd': 'a\nb' } }, signal);
  await expect(answered).rejects.toThrow('invalid x-odd header');
  expect(made.isWritten).toBe(false);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
