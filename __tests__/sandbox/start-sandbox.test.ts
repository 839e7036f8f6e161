import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { createSandbox, type RunningSandbox, startSandbox } from '../../src/sandbox';
import { LUNCH, makeDraft, openSession, tokenFor } from './support';

let sandbox: RunningSandbox;
let dispatcher: Agent;

beforeEach(async () => {
  sandbox = await startSandbox();
  dispatcher = new Agent();
});

afterEach(async () => {
  await dispatcher.destroy();
  await sandbox.close();
});

test('a running sandbox shows its present state in each property, as one that listens nowhere does', () => {
  const accessorsOf = (object: object) =>
    Object.entries(Object.getOwnPropertyDescriptors(object)).filter(([, { get }]) => get !== undefined);
  const names = accessorsOf(createSandbox()).map(([name]) => name);
  expect(names).toContain('drafts');
  expect(accessorsOf(sandbox).map(([name]) => name)).toEqual(names);
  sandbox.latency = 7;
  expect(sandbox.latency).toBe(7);
});

const MESSAGE = JSON.stringify({ message: LUNCH });

async function sendOver(body: string | Buffer | Readable, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  return request(`${sandbox.url}/v1.0/users/app%40contoso.example/sendMail`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body,
    dispatcher,
  });
}

/** All of a sendMail request but its body, as bytes on the wire. */
async function sendMailHead(header: string): Promise<string> {
  const authorization = `Authorization: Bearer ${await tokenFor(sandbox)}`;
  const start = 'POST /v1.0/users/app%40contoso.example/sendMail HTTP/1.1';
  return [start, 'Host: localhost', authorization, header, '', ''].join('\r\n');
}

/** Writes a request as it is and reads until the server closes. */
async function exchange(...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
  socket.end(lines.join('\r\n'));
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** The end of a connection, a reset being one too. */
function end(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}

describe('a started sandbox', () => {
  test('tells where it listens and leads clients there', () => {
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(sandbox.options).toMatchObject({ authorityHost: sandbox.url, graphEndpoint: sandbox.url });
  });

  test('takes the options of every sandbox', async () => {
    await using other = await startSandbox({ clientSecret: 'mine' });
    expect(other.options.clientSecret).toBe('mine');
  });

  test('issues a token and accepts a message over HTTP', async () => {
    const { tenantId, clientId, clientSecret } = sandbox.options;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${sandbox.url}/.default`,
    });
    const answer = await request(`${sandbox.url}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      dispatcher,
    });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(await answer.body.json()).toMatchObject({ token_type: 'Bearer' });

    const sent = await sendOver(MESSAGE, { 'client-request-id': 'mine' });
    expect(sent.statusCode).toBe(202);
    expect(sent.headers).toMatchObject({ 'client-request-id': 'mine', 'content-length': '0' });
    expect(await sent.body.text()).toBe('');
    expect(sandbox.messages).toMatchObject([{ subject: LUNCH.subject, clientRequestId: 'mine' }]);
  });

  test.each(['GET', 'HEAD'] as const)('answers a %s', async (method) => {
    const url = `${sandbox.url}/contoso.example/v2.0/.well-known/openid-configuration`;
    const response = await request(url, { method, dispatcher });
    expect(response.statusCode).toBe(method === 'GET' ? 200 : 405);
    await response.body.dump();
  });

  test('keeps a connection for the next request', async () => {
    const single = new Agent({ connections: 1 });
    let connections = 0;
    single.on('connect', () => {
      connections += 1;
    });
    for (const path of ['/nothing', '/v1.0/me', '/nothing']) {
      const { body } = await request(`${sandbox.url}${path}`, {
        method: 'POST',
        body: MESSAGE,
        dispatcher: single,
      });
      await body.dump();
    }
    await single.destroy();
    expect(connections).toBe(1);
  });

  test('listens on the port that it was given, and refuses to start where another one listens', async () => {
    const port = Number(new URL(sandbox.url).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await sandbox.close();
    sandbox = await startSandbox({ port });
    expect(sandbox.url).toBe(`http://127.0.0.1:${port}`);
  });
});

describe('an upload over HTTP', () => {
  test('goes to the sandbox itself in ranges of almost 4 MB, on one connection', async () => {
    const file = randomBytes(9_000_000);
    const rangeBytes = 3_999_999;
    const id = await makeDraft(sandbox);
    const url = await openSession(sandbox, id, { size: file.length });
    expect(url.startsWith(`${sandbox.url}/upload/`)).toBe(true);
    expect(sandbox.drafts).toMatchObject([{ uploadSessions: 1 }]);
    const single = new Agent({ connections: 1 });
    let connections = 0;
    single.on('connect', () => {
      connections += 1;
    });
    const statuses: number[] = [];
    for (let start = 0; start < file.length; start += rangeBytes) {
      const range = file.subarray(start, start + rangeBytes);
      const headers = {
        'content-range': `bytes ${start}-${start + range.length - 1}/${file.length}`,
        'content-type': 'application/octet-stream',
      };
      const answer = await request(url, { method: 'PUT', headers, body: range, dispatcher: single });
      statuses.push(answer.statusCode);
      await answer.body.dump();
    }
    expect(statuses).toEqual([200, 200, 201]);
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const send = `${sandbox.url}/v1.0/users/app%40contoso.example/messages/${id}/send`;
    const sent = await request(send, { method: 'POST', headers: { authorization }, dispatcher: single });
    expect(sent.statusCode).toBe(202);
    await single.destroy();
    expect(connections).toBe(1);
    expect(sandbox.messages[0]?.attachments[0]?.content.equals(file)).toBe(true);
    expect(sandbox.drafts).toEqual([]);
  });

  test('goes where it was told to', async () => {
    await using other = await startSandbox({ uploadOrigin: 'http://localhost:9' });
    const url = await openSession(other, await makeDraft(other), { size: 3_000_000 });
    expect(url).toMatch(/^http:\/\/localhost:9\/upload\//);
  });

  test('is answered by 413 and the end of the connection given a range over the limit', async () => {
    const id = await makeDraft(sandbox);
    const url = await openSession(sandbox, id, { size: 9_000_000 });
    const headers = {
      'content-range': 'bytes 0-5999999/9000000',
      'content-type': 'application/octet-stream',
    };
    const body = Buffer.alloc(6_000_000);
    const answer = await request(url, { method: 'PUT', headers, body, dispatcher });
    expect(answer.statusCode).toBe(413);
    expect(await answer.body.json()).toMatchObject({ error: { code: 'maxFragmentLengthExceeded' } });
  });
});

describe('the Host header', () => {
  test.each(['127.0.0.1', '127.0.0.1:80', 'localhost:9', 'LOCALHOST', '[::1]:9'])(
    'may be %s',
    async (host) => {
      expect((await sendOver(MESSAGE, { host })).statusCode).toBe(202);
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:80',
    'evil.localhost',
    '10.0.0.1',
  ])('is refused as %s, against a name that was rebound to this machine', async (host) => {
    const response = await sendOver(MESSAGE, { host });
    expect(response.statusCode).toBe(403);
    expect(sandbox.messages).toEqual([]);
  });

  test('must be there', async () => {
    expect(await exchange('GET /nothing HTTP/1.0', '', '')).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('a body over the limit', () => {
  test('is answered by 413 and the end of the connection', async () => {
    const response = await sendOver(Buffer.alloc(6_000_000, ' '));
    expect(response.statusCode).toBe(413);
    expect(response.headers.connection).toBe('close');
    expect(await response.body.json()).toMatchObject({ error: { code: 'RequestEntityTooLarge' } });
  });

  test('is not one of exactly the limit', async () => {
    const response = await sendOver(MESSAGE.padEnd(4_000_000), { 'content-length': '4000000' });
    expect(response.statusCode).toBe(202);
  });

  test.each([
    ['that says its size', 'Content-Length: 20000000', ''],
    ['in chunks', 'Transfer-Encoding: chunked', '1000000\r\n'],
  ])('is answered even to a client that writes on before it reads, %s', async (_what, header, chunk) => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1').pause();
    socket.write(`${await sendMailHead(header)}${chunk}`);
    await new Promise((resolve) => socket.write(Buffer.alloc(0x1000000, ' '), resolve));
    const [answer] = await once(socket.resume(), 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\ncontent-length: \d+\r\n/i);
    socket.destroy();
  });

  test('is not read to its end, which it need not have', async () => {
    let sentBytes = 0;
    const endless = new Readable({
      read() {
        sentBytes += 65_536;
        // As fast as the connection takes it and for as long as the sandbox keeps it open.
        setImmediate(() => this.push(Buffer.alloc(65_536, ' ')));
      },
    });
    const closed = once(endless, 'close');
    const response = await sendOver(endless);
    expect(response.statusCode).toBe(413);
    await response.body.dump();
    await closed;
    expect(sentBytes).toBeGreaterThan(4_000_000);
  });

  test('is cut off when its client goes on writing after the answer', async () => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.write(await sendMailHead('Content-Length: 5000000'));
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    const drip = setInterval(() => socket.write('x'), 50);
    await end(socket);
    clearInterval(drip);
  });

  test('is answered by 401 before its size when the token is missing', async () => {
    const response = await request(`${sandbox.url}/v1.0/users/app%40contoso.example/sendMail`, {
      method: 'POST',
      body: Buffer.alloc(6_000_000, ' '),
      dispatcher,
    });
    expect(response.statusCode).toBe(401);
    await response.body.dump();
  });
});

describe('a request that cannot be read', () => {
  test.each([
    ['a method that the web has not', 'TRACE / HTTP/1.1'],
    ['a path that is no URL', 'GET //[ HTTP/1.1'],
  ])('is refused given %s', async (_what, line) => {
    expect(await exchange(line, 'Host: localhost', 'Connection: close', '', '')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('is answered by 500 when it breaks the sandbox itself', async () => {
    sandbox.failWith(({ request: name }) => {
      if (name === 'send-mail') throw new Error('broken');
      return undefined;
    });
    expect((await sendOver(MESSAGE)).statusCode).toBe(500);
  });

  test('does no harm when its client leaves in the middle', async () => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.write(`${await sendMailHead('Content-Length: 1000')}{`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    expect((await sendOver(MESSAGE)).statusCode).toBe(202);
    expect(sandbox.messages).toHaveLength(1);
  });
});

describe('close', () => {
  test('cuts idle connections and refuses new ones', async () => {
    await (await sendOver(MESSAGE)).body.dump();
    await sandbox.close();
    await expect(sendOver(MESSAGE)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('cuts a request that is still on its way', async () => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.write('POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n');
    await once(socket, 'connect');
    const closed = end(socket);
    await sandbox.close();
    await closed;
    expect(socket.destroyed).toBe(true);
    await expect(sendOver(MESSAGE)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('may be called twice, and through `await using`', async () => {
    await sandbox.close();
    await expect(sandbox.close()).resolves.toBeUndefined();
    await expect(sandbox[Symbol.asyncDispose]()).resolves.toBeUndefined();
    await expect(request(sandbox.url, { dispatcher })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
