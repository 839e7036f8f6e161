import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Agent, request } from 'undici';
import { createSandbox, type RunningSandbox, type Sandbox, startSandbox } from '../../../src/sandbox';
import { createInbox } from '../../../src/sandbox/inbox/app';
import { requestListener } from '../../../src/sandbox/request-listener';
import { LUNCH, makeDraft, send } from '../support';

let sandbox: RunningSandbox;
let dispatcher: Agent;
let server: Server | undefined;

beforeEach(async () => {
  sandbox = await startSandbox();
  dispatcher = new Agent();
});

afterEach(async () => {
  await dispatcher.destroy();
  await sandbox.close();
  server?.closeAllConnections();
  server?.close();
});

/** Opens the stream of changes, as an EventSource does. */
async function listen() {
  const answer = await request(`${sandbox.url}/inbox/events`, { dispatcher });
  const events = answer.body.setEncoding('utf8')[Symbol.asyncIterator]();
  // The first line only tells the browser that it is connected.
  await events.next();
  return { answer, next: async () => String((await events.next()).value) };
}

test('an open page is told of a message at once', async () => {
  const { answer, next } = await listen();
  expect(answer.headers['content-type']).toBe('text/event-stream');
  await send(sandbox, LUNCH);
  expect(await next()).toBe('event: change\ndata: {}\n\n');
});

test.each<[string, () => unknown]>([
  ['a draft', () => makeDraft(sandbox)],
  ['a message that is removed', () => sandbox.removeMessage(sandbox.messages[0]?.id ?? '')],
  ['all messages being forgotten', () => sandbox.clear()],
])('an open page is told of %s', async (_what, change) => {
  await send(sandbox, LUNCH);
  const { next } = await listen();
  await change();
  expect(await next()).toContain('event: change');
});

test('a burst of messages is one event', async () => {
  const { next } = await listen();
  await Promise.all(Array.from({ length: 20 }, () => send(sandbox, LUNCH)));
  expect((await next()).match(/event: change/g)).toHaveLength(1);
});

test('a closed page gets no more events', async () => {
  const idle = createSandbox();
  let listeners = 0;
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const counted: Sandbox = {
    ...idle,
    subscribe(listener) {
      listeners += 1;
      const end = idle.subscribe(listener);
      return () => {
        end();
        leave();
      };
    },
  };
  const inbox = createInbox(counted);
  const ofInbox = listeners;
  server = createServer(
    requestListener(async (asked) => ({
      manner: 'whole',
      response: (await inbox(asked)) ?? Response.error(),
    })),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const answer = await request(`http://127.0.0.1:${port}/inbox/events`, { dispatcher });
  expect(listeners).toBe(ofInbox + 1);
  answer.body.on('error', () => undefined).destroy();
  await left;
});

test('a sandbox closes while a page is open', async () => {
  const { answer } = await listen();
  const cut = new Promise((resolve) => answer.body.once('error', resolve));
  await sandbox.close();
  await cut;
  expect(answer.body.destroyed).toBe(true);
  await expect(request(sandbox.url, { dispatcher })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
