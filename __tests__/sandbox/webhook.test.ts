import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { openSandbox, startSandbox } from '../../src/sandbox/start-sandbox';
import { temporaryFolder } from '../support/temporary-folder';
import { send } from './support';

const temporary = temporaryFolder();

interface Receiver {
  url: string;
  bodies: Record<string, unknown>[];
  /** Resolves when so many requests have come. */
  got(number: number): Promise<void>;
}

let server: Server;
const warnings: string[] = [];
const warn = (warning: string) => warnings.push(warning);

/** A server that answers its requests with these statuses, then with 200. */
async function receive(...statuses: number[]): Promise<Receiver> {
  const bodies: Record<string, unknown>[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
    const status = statuses.shift() ?? 200;
    response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
    server.emit('got');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/mail?key=secret`,
    bodies,
    got: async (number) => {
      while (bodies.length < number) await once(server, 'got');
    },
  };
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  warnings.length = 0;
});

const order = (number: number) => ({
  subject: `Order ${number}`,
  toRecipients: [{ emailAddress: { address: 'ann@example.com' } }],
});

test('each message is posted as the API has it, in order', async () => {
  const receiver = await receive();
  const sandbox = await openSandbox({ webhook: receiver.url }, warn);
  await send(sandbox, order(1));
  await send(sandbox, order(2));
  await receiver.got(2);
  const answer = await fetch(`${sandbox.url}/inbox/api/v1/messages/latest`);
  expect(receiver.bodies.map(({ subject }) => subject)).toEqual(['Order 1', 'Order 2']);
  expect(receiver.bodies[1]).toEqual(await answer.json());
  await sandbox.close();
  expect(warnings).toEqual([]);
});

test('a receiver that fails is tried again, then given up with a warning, and the next message is posted', async () => {
  const receiver = await receive(500, 200, 503, 307, 404);
  const sandbox = await openSandbox({ webhook: receiver.url }, warn);
  for (let number = 1; number <= 3; number += 1)
    expect((await send(sandbox, order(number))).status).toBe(202);
  await receiver.got(6);
  expect(receiver.bodies.map(({ subject }) => subject)).toEqual([
    ...Array(2).fill('Order 1'),
    ...Array(3).fill('Order 2'),
    'Order 3',
  ]);
  const [place] = receiver.url.split('?');
  expect(warnings).toEqual([`The webhook ${place} did not take a message: it answered 404.`]);
  await sandbox.close();
});

test('a receiver that is not there breaks nothing, and closing the sandbox ends its attempts', async () => {
  const sandbox = await openSandbox({ webhook: 'http://127.0.0.1:9/' }, warn);
  expect((await send(sandbox, order(1))).status).toBe(202);
  await sandbox.close();
  expect(warnings).toEqual([]);
});

test('closing the sandbox ends the request to a receiver that does not answer, and posts nothing more', async () => {
  let asked = 0;
  server = createServer((request) => {
    asked += 1;
    request.socket.once('close', () => server.emit('left'));
    server.emit('asked');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const sandbox = await openSandbox({ webhook: `http://127.0.0.1:${port}/` }, warn);
  const arrived = once(server, 'asked');
  await send(sandbox, order(1));
  await send(sandbox, order(2));
  await arrived;
  const left = once(server, 'left');
  await sandbox.close();
  await left;
  await send(sandbox, order(3));
  expect([asked, warnings]).toEqual([1, []]);
}, 3000);

test('the messages that a store has already are no news', async () => {
  const store = temporary();
  const before = await startSandbox({ store });
  await send(before, order(1));
  await before.close();
  const receiver = await receive();
  const sandbox = await openSandbox({ webhook: receiver.url, store }, warn);
  await send(sandbox, order(2));
  await receiver.got(1);
  await sandbox.close();
  expect(receiver.bodies.map(({ subject }) => subject)).toEqual(['Order 2']);
});

test.each<[object, string]>([
  [
    { webhook: 'http://hooks.example/mail?key=secret' },
    'The webhook http://hooks.example/mail is on another machine',
  ],
  [{ webhook: 'http://localhost.evil.example/' }, 'is on another machine'],
  [{ webhook: '127.0.0.1:3000' }, 'Expected `webhook` to be a URL such as'],
  [{ webhook: 'file:///etc/passwd' }, 'Expected `webhook` to be a URL such as'],
  [{ webhook: 'http://user:secret@127.0.0.1/' }, 'no user name or password'],
  [{ webhook: 7 }, 'Expected `webhook` to be a URL'],
  [
    { webhook: 'http://127.0.0.1/', allowRemoteWebhook: 'yes' },
    'Expected `allowRemoteWebhook` to be true or false',
  ],
])('the options %p are refused', async (options, text) => {
  const failure = await startSandbox(options).catch((error) => error);
  expect(failure).toBeInstanceOf(TypeError);
  expect(failure).toMatchObject({ code: 'ECONFIG', message: expect.stringContaining(text) });
  expect(failure.message).not.toContain('secret');
});

test('another machine is allowed explicitly, and each name of this one is', async () => {
  for (const webhook of ['http://localhost:9/', 'http://[::1]:9/', 'https://127.0.0.1:9/']) {
    await (await startSandbox({ webhook })).close();
  }
  await (await startSandbox({ webhook: 'https://hooks.example/', allowRemoteWebhook: true })).close();
});
