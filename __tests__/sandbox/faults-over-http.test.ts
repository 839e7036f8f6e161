import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent, request } from 'undici';
import { type RunningSandbox, type SandboxFault, startSandbox } from '../../src/sandbox';
import { LUNCH, tokenFor } from './support';

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

async function post(action: 'sendMail' | 'messages', timeouts: { headersTimeout?: number } = {}) {
  const body = JSON.stringify(action === 'sendMail' ? { message: LUNCH } : LUNCH);
  return request(`${sandbox.url}/v1.0/users/app%40contoso.example/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenFor(sandbox)}`, 'content-type': 'application/json' },
    body,
    dispatcher,
    ...timeouts,
  });
}

/** Makes a draft over a connection of its own. */
async function draftOverSocket(): Promise<Socket> {
  const body = JSON.stringify(LUNCH);
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
  const lines = [
    'POST /v1.0/users/app%40contoso.example/messages HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${await tokenFor(sandbox)}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ];
  socket.write(lines.join('\r\n'));
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** What arrives until it ends in the given way. */
async function readUntil(socket: Socket, end: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (end.test(text)) break;
  }
  return text;
}

describe('a connection', () => {
  test.each<[string, SandboxFault, number]>([
    ['before the mail went out', { kind: 'reset', when: 'before' }, 0],
    ['after the mail went out', { kind: 'reset', when: 'after' }, 1],
  ])('is reset %s', async (_what, fault, sent) => {
    sandbox.failNext('send-mail', fault);
    await expect(post('sendMail')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(sandbox.messages).toHaveLength(sent);
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 0, fault });
  });

  test('is reset before the body came', async () => {
    sandbox.failNext('send-mail', { kind: 'reset', when: 'before-body' });
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    const head = 'POST /v1.0/users/app%40contoso.example/sendMail HTTP/1.1\r\nHost: localhost\r\n';
    socket.write(`${head}Content-Length: 1000\r\n\r\n`);
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  test('is reset in place of a token', async () => {
    const token = await tokenFor(sandbox);
    sandbox.failNext('token', { kind: 'reset', when: 'after' });
    const asked = request(`${sandbox.url}/${sandbox.options.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: 'grant_type=client_credentials',
      dispatcher,
    });
    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(token).not.toBe('');
  });

  test('ends in the middle of the head', async () => {
    sandbox.failNext('create-draft', { kind: 'cut', in: 'head' });
    const text = await readAll(await draftOverSocket());
    expect(text).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(text).not.toContain('\r\n\r\n');
    expect(sandbox.drafts).toHaveLength(1);
    expect(sandbox.requests.at(-1)?.status).toBe(0);
  });

  test('ends in the middle of the body', async () => {
    sandbox.failNext('create-draft', { kind: 'cut', in: 'body' });
    const { statusCode, headers, body } = await post('messages');
    expect(statusCode).toBe(201);
    expect(headers['request-id']).toBe(sandbox.requests.at(-1)?.requestId);
    await expect(body.text()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(sandbox.drafts).toHaveLength(1);
  });

  test('ends when half of the promised body was there', async () => {
    sandbox.failNext('create-draft', { kind: 'cut', in: 'body' });
    const [head = '', body = ''] = (await readAll(await draftOverSocket())).split('\r\n\r\n');
    const [, promised] = /content-length: (\d+)/.exec(head) ?? [];
    expect(body).toHaveLength(Math.floor(Number(promised) / 2));
    expect(body).toMatch(/^\{"id":/);
  });

  test('ends before a body that only its head promises', async () => {
    sandbox.failNext('send-mail', { kind: 'cut', in: 'body' });
    const { statusCode, body } = await post('sendMail');
    expect(statusCode).toBe(202);
    await expect(body.text()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(sandbox.messages).toHaveLength(1);
  });
});

describe('silence', () => {
  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('lasts until the client has enough, %s the mail went out', async (when, sent) => {
    sandbox.failNext('send-mail', { kind: 'silence', when });
    await expect(post('sendMail', { headersTimeout: 50 })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
    expect(sandbox.messages).toHaveLength(sent);
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 0, fault: { kind: 'silence' } });
  });

  test('does not keep the sandbox from closing', async () => {
    sandbox.failNext('send-mail', { kind: 'silence' });
    const outcome = expect(post('sendMail')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    while (sandbox.requests.at(-1)?.fault === undefined) await new Promise(setImmediate);
    await sandbox.close();
    await outcome;
  });
});

describe('an answer that trickles', () => {
  test('has a whole head and then a body without end', async () => {
    sandbox.failNext('create-draft', { kind: 'trickle', in: 'body', everyMs: 1 });
    const { statusCode, body } = await post('messages');
    expect(statusCode).toBe(201);
    let text = '';
    for await (const chunk of body) {
      text += chunk;
      if (text.endsWith('}   ')) break;
    }
    expect(JSON.parse(text)).toMatchObject({ subject: LUNCH.subject });
  });

  test('comes byte by byte', async () => {
    sandbox.failNext('create-draft', { kind: 'trickle', in: 'body', everyMs: 1 });
    const text = await readUntil(await draftOverSocket(), /1\r\nd\r\n/);
    expect(text).toMatch(/\r\n\r\n1\r\n\{\r\n1\r\n"\r\n1\r\ni\r\n1\r\nd\r\n/);
  });

  test('may never come to the end of its head', async () => {
    sandbox.failNext('create-draft', { kind: 'trickle', in: 'head', everyMs: 1 });
    const text = await readUntil(await draftOverSocket(), /x-endless: aaa$/);
    expect(text).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(text).not.toContain('\r\n\r\n');
    expect(sandbox.requests.at(-1)?.status).toBe(0);
  });

  test('does not keep the sandbox from closing', async () => {
    sandbox.failNext('create-draft', { kind: 'trickle', in: 'body', everyMs: 1 });
    const socket = await draftOverSocket();
    await readUntil(socket, /HTTP/);
    await sandbox.close();
    expect(socket.destroyed).toBe(true);
  });
});
