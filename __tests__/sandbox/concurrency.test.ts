import { createSandbox, type Sandbox, startSandbox } from '../../src/sandbox';
import { ask, LUNCH, makeDraft, openSession, putRange, refusal, send, tokenFor } from './support';

/** Sends at once, so many times, with a token that is there already. */
async function sendAtOnce(sandbox: Sandbox, times: number, user = 'app@contoso.example') {
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  return Promise.all(Array.from({ length: times }, () => send(sandbox, LUNCH, { authorization, user })));
}
const statuses = (answers: Response[]) => answers.map(({ status }) => status);

describe('requests for one mailbox at the same time', () => {
  test('are four at most', async () => {
    const sandbox = createSandbox({ latency: 20 });
    const answers = await sendAtOnce(sandbox, 5);
    expect(statuses(answers)).toEqual([202, 202, 202, 202, 429]);
    const last = answers[4] ?? Response.error();
    expect(last.headers.get('retry-after')).toBe('1');
    expect(await refusal(last)).toEqual({
      status: 429,
      code: 'ApplicationThrottled',
      message: 'Application is over its MailboxConcurrency limit.',
    });
    expect(sandbox.messages).toHaveLength(4);
  });

  test('are as many as the limit says, after one another any number', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 1 } });
    expect(statuses(await sendAtOnce(sandbox, 2))).toEqual([202, 429]);
    expect(statuses(await sendAtOnce(sandbox, 1))).toEqual([202]);
  });

  test('make room for others however they end', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 1 } });
    sandbox.failNext('send-mail', { kind: 'reset', when: 'after' });
    await send(sandbox, LUNCH);
    await send(sandbox, {});
    expect((await send(sandbox, LUNCH)).status).toBe(202);
  });

  test('are those of one mailbox by any of its names', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 1 } });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const users = ['app@contoso.example', 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01', 'sales@contoso.example'];
    const answers = await Promise.all(users.map((user) => send(sandbox, LUNCH, { authorization, user })));
    expect(statuses(answers)).toEqual([202, 429, 202]);
  });

  test('are refused after their token was looked at', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 0 } });
    expect((await send(sandbox, LUNCH, { authorization: null })).status).toBe(401);
    expect((await send(sandbox, LUNCH)).status).toBe(429);
  });

  test('leave a fault to the next one when they are refused', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 1 } });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const first = send(sandbox, LUNCH, { authorization });
    sandbox.failNext('send-mail', { kind: 'answer', status: 503 });
    const second = send(sandbox, LUNCH, { authorization });
    expect(statuses(await Promise.all([first, second]))).toEqual([202, 429]);
    expect((await send(sandbox, LUNCH, { authorization })).status).toBe(503);
  });

  test('do not count ranges of an upload, which goes to another host', async () => {
    const sandbox = createSandbox({ limits: { concurrentRequests: 1, sessionMinimumBytes: 5 }, latency: 20 });
    const id = await makeDraft(sandbox);
    const first = await openSession(sandbox, id, { size: 5 });
    const second = await openSession(sandbox, await makeDraft(sandbox), { size: 5 });
    const answers = await Promise.all([
      ask(sandbox, 'GET', `messages/${id}`),
      putRange(sandbox, first, '01234', 'bytes 0-4/5'),
      putRange(sandbox, second, '01234', 'bytes 0-4/5'),
    ]);
    expect(statuses(answers)).toEqual([200, 201, 201]);
  });
});

describe('the highest number of requests at once', () => {
  test('is kept by mailbox, refused ones included', async () => {
    const sandbox = createSandbox({ latency: 20 });
    expect(sandbox.concurrency).toEqual({});
    await Promise.all([sendAtOnce(sandbox, 6), sendAtOnce(sandbox, 2, 'sales@contoso.example')]);
    await sendAtOnce(sandbox, 1);
    expect(sandbox.concurrency).toEqual({ 'app@contoso.example': 6, 'sales@contoso.example': 2 });
  });

  test('is forgotten by clear', async () => {
    const sandbox = createSandbox();
    await send(sandbox, LUNCH);
    sandbox.clear();
    expect(sandbox.concurrency).toEqual({});
    await send(sandbox, LUNCH);
    expect(sandbox.concurrency).toEqual({ 'app@contoso.example': 1 });
  });

  test('is kept for mailboxes of the tenant only, whatever names are asked for', async () => {
    const sandbox = createSandbox();
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const madeUp = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nobody@contoso.example'];
    for (const user of [...madeUp, ...Array.from({ length: 200 }, (_, number) => `user${number}`)]) {
      expect((await send(sandbox, LUNCH, { authorization, user })).status).toBe(404);
      expect((await ask(sandbox, 'GET', 'messages', undefined, { authorization, user })).status).toBe(404);
    }
    expect(JSON.stringify(sandbox.concurrency)).toBe('{}');
    expect(madeUp.map((name) => sandbox.concurrency[name])).toEqual(madeUp.map(() => undefined));
    await send(sandbox, LUNCH, { authorization });
    expect(JSON.stringify(sandbox.concurrency)).toBe('{"app@contoso.example":1}');
  });

  test.each(['constructor', '__proto__', 'toString'])('is a number for a mailbox called %s', async (name) => {
    const mailbox = { id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a09', userPrincipalName: name, displayName: '' };
    const sandbox = createSandbox({ mailboxes: ['app@contoso.example', mailbox] });
    await send(sandbox, LUNCH, { user: name });
    expect(Object.entries(sandbox.concurrency)).toEqual([[name, 1]]);
  });

  test('is seen on a started sandbox too', async () => {
    await using sandbox = await startSandbox();
    await send(sandbox, LUNCH);
    expect(sandbox.concurrency).toEqual({ 'app@contoso.example': 1 });
  });
});

test('latency passes before a request to Graph is answered, which is carried out by then', async () => {
  const sandbox = createSandbox({ latency: 50 });
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  const answer = send(sandbox, LUNCH, { authorization });
  const early = await Promise.race([
    answer.then(() => 'answered'),
    new Promise((resolve) => {
      const look = () => (sandbox.messages.length > 0 ? resolve('delivered') : setImmediate(look));
      look();
    }),
  ]);
  expect(early).toBe('delivered');
  expect((await answer).status).toBe(202);
});
