import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type Clock, systemClock } from '../../src/clock';
import { GraphTransport, type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { rewritingService } from '../support/rewriting-service';
import { sandboxCredential } from '../support/sandbox-credential';

let sandbox: RunningSandbox;
async function start(options: StartSandboxOptions = {}) {
  sandbox = await startSandbox(options);
}
afterEach(() => sandbox.close());

const order: SendMailOptions = {
  messageId: '<order-4711@contoso.example>',
  to: 'ann@example.com',
  subject: 'Your order',
  text: 'Thank you!',
};
const parcel: SendMailOptions = {
  ...order,
  attachments: [{ filename: 'plan.bin', content: Buffer.alloc(4_000_000, 'plan') }],
};
const asMime: SendMailOptions = { ...order, graph: { format: 'mime' } };

const optionsWith = (more: GraphTransportOptions): GraphTransportOptions => ({
  ...sandbox.options,
  delivery: 'exactly-once',
  retry: { attempts: 3, maxDelay: 5 },
  ...more,
});
const createTransport = (more: GraphTransportOptions = {}) => graphTransport(optionsWith(more));
function send(mail: SendMailOptions, more: GraphTransportOptions = {}) {
  return nodemailer.createTransport(createTransport(more)).sendMail(mail);
}
const failureOf = (sending: Promise<unknown>) =>
  sending.then(
    () => undefined,
    (error: Error) => error,
  );
const steps = () =>
  sandbox.requests
    .filter(({ path }) => path.startsWith('/v1.0/'))
    .map(
      ({ method, path, status }) =>
        `${method} ${path.replace(/.*\/(users\/[^/]+|messages\/[^/]+)/, '')} ${status}`,
    );
const FORBIDDEN = { kind: 'answer', status: 403, code: 'ErrorAccessDenied' } as const;
const LOST = { kind: 'reset', when: 'after' } as const;

describe('the search for a message', () => {
  test('is read to its last page, where the sent copy may be', async () => {
    await start({ pageSize: 1, emptyPages: true });
    await send(order);
    await expect(send(order)).resolves.toMatchObject({ deduplicated: true });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });

  test('is made again when it has pages: what is sent between two of them is on neither', async () => {
    await start({ pageSize: 1 });
    sandbox.failNext('send-draft', { kind: 'silence', when: 'before' });
    await expect(send(order, { socketTimeout: 50, retry: { attempts: 1, maxDelay: 1 } })).rejects.toThrow();
    const [left] = sandbox.drafts;
    const { getToken } = await sandboxCredential(sandbox);
    const { token } = await getToken();
    let pages = 0;
    // The process that has left the draft comes back to life while another one turns a page.
    const { dispatcher, close } = await rewritingService(
      sandbox,
      (body) => body,
      async ({ method, url }) => {
        if (method !== 'GET' || !url.includes('messages?') || ++pages !== 2) return;
        const path = `v1.0/users/${sandbox.options.userId}/messages/${left?.id}/send`;
        const authorization = `Bearer ${token}`;
        await sandbox.handle(
          new Request(`http://127.0.0.1/${path}`, { method: 'POST', headers: { authorization } }),
        );
      },
    );
    await expect(send(order, { dispatcher, searchLag: 0 })).resolves.toMatchObject({ deduplicated: true });
    expect(sandbox.messages).toHaveLength(1);
    await close();
  });

  test('gives the token to no host that a link to the next page names', async () => {
    const asked: unknown[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.end('{"value":[]}');
    });
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    const { port } = elsewhere.address() as AddressInfo;
    await start({ pageSize: 1 });
    // A service that names another host in its links.
    const { dispatcher, close } = await rewritingService(sandbox, (body) =>
      body.replaceAll(sandbox.options.graphEndpoint, `http://127.0.0.1:${port}`),
    );
    await send(order, { dispatcher });
    await expect(send(order, { dispatcher })).resolves.toMatchObject({ deduplicated: true });
    expect(asked).toEqual([]);
    await close();
    elsewhere.close();
  });

  test('takes a draft in Deleted Items for nothing', async () => {
    await start({ deleteLeadsTo: 'deletedItems' });
    await expect(send({ ...order, text: 'Old', from: 'ceo@contoso.example' })).rejects.toMatchObject({
      graphCode: 'ErrorSendAsDenied',
    });
    await expect(send({ ...order, text: 'New' })).resolves.toMatchObject({ deduplicated: false });
    expect(sandbox.messages.map(({ body }) => body.content.trim())).toEqual(['New']);
  });

  test('is made once more after searchLag, and only once without it', async () => {
    await start();
    await send(order, { searchLag: 3 });
    expect(steps().filter((step) => step === 'GET /messages 200')).toHaveLength(2);
    await send({ ...order, messageId: '<other@contoso.example>' }, { searchLag: 0 });
    expect(steps().filter((step) => step === 'GET /messages 200')).toHaveLength(3);
  });

  test('that never shows our own draft sends nothing, and the draft is deleted', async () => {
    await start({ searchDelay: { ms: 60_000 } });
    await expect(send(order)).rejects.toMatchObject({ retryable: true, ambiguous: false });
    expect(sandbox.messages).toEqual([]);
    expect(sandbox.drafts).toEqual([]);
  });
});

test('no request asks for ids that outlive the folder', async () => {
  await start();
  const seen: (string | null)[] = [];
  const { dispatcher, close } = await rewritingService(
    sandbox,
    (body) => body,
    ({ headers }) => {
      seen.push(headers.get('prefer'));
    },
  );
  await send(parcel, { dispatcher });
  await send(asMime, { dispatcher });
  expect(seen.length).toBeGreaterThan(10);
  expect(new Set(seen)).toEqual(new Set([null]));
  await close();
});

test('a certain refusal of the first /send costs one request more, and leaves nothing', async () => {
  await start();
  sandbox.failNext('send-draft', FORBIDDEN);
  await expect(send(order, { searchLag: 0 })).rejects.toMatchObject({ code: 'EAUTH', ambiguous: false });
  expect(steps()).toEqual(['POST /messages 201', 'GET /messages 200', 'POST /send 403', 'DELETE  204']);
  expect(sandbox.drafts).toEqual([]);
});

describe.each([
  ['exactly once', order, {}],
  ['exactly once, as MIME', asMime, {}],
  ['exactly once, with uploads', parcel, {}],
  ['at most once, with uploads', parcel, { delivery: 'at-most-once' }],
] as const)('%s, once a /send may have been carried out', (_, mail, options) => {
  /** Whatever is asked of the mailbox after the answer was lost fails. */
  function loseEverythingAfterSend() {
    sandbox.failNext('send-draft', LOST);
    sandbox.failWith(({ request }) =>
      sandbox.messages.length > 0 && request !== 'send-draft' ? FORBIDDEN : undefined,
    );
  }

  test('no refusal, and no dead mailbox, makes the error certain', async () => {
    await start();
    loseEverythingAfterSend();
    const error = await failureOf(send(mail, options));
    expect(error).toMatchObject({
      ambiguous: true,
      retryable: false,
      draftId: expect.stringMatching(/^AAMk/),
    });
    expect(error?.message).not.toContain('Nothing was sent');
    expect(sandbox.messages).toHaveLength(1);
  });

  test.each(['signal', 'close', 'timeout'])('no %s makes the error certain', async (way) => {
    await start();
    const abort = new AbortController();
    let endTime = () => {};
    const clock: Clock = {
      ...systemClock,
      timer: (ms, act) => {
        // A request for a token has a timer of its own.
        if (ms === 600_000) endTime = act;
        return () => undefined;
      },
    };
    const transport = new GraphTransport(optionsWith(options), clock);
    sandbox.failNext('send-draft', { kind: 'silence', when: 'after' });
    const sending = failureOf(
      nodemailer.createTransport(transport).sendMail({ ...mail, signal: abort.signal }),
    );
    while (sandbox.messages.length === 0) await new Promise((done) => setTimeout(done, 5));
    if (way === 'signal') abort.abort();
    if (way === 'close') transport.close({ force: true });
    if (way === 'timeout') endTime();
    const error = await sending;
    expect(error).toMatchObject({
      code: way === 'timeout' ? 'ETIMEDOUT' : 'EABORT',
      ambiguous: true,
      draftId: expect.stringMatching(/^AAMk/),
    });
    expect(error?.message).not.toContain('Nothing was sent');
  });

  test('a mailbox that shows the copy makes it a success', async () => {
    await start({ searchDelay: { sentItems: { finds: 2 } } });
    sandbox.failNext('send-draft', LOST);
    await expect(send(mail, options)).resolves.toMatchObject({ response: 'Sent, as the mailbox says' });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });
});

describe.each([
  ['exactly once', order, {}],
  ['at most once, with uploads', parcel, { delivery: 'at-most-once' }],
] as const)('%s, a draft whose creation is interrupted', (_, mail, options) => {
  test.each(['signal', 'close'])('by %s is found by its mark and deleted', async (way) => {
    await start({ searchDelay: { drafts: { finds: 1 } } });
    const abort = new AbortController();
    const transport = createTransport(options);
    sandbox.failNext('create-draft', { kind: 'silence', when: 'after' });
    const sending = failureOf(
      nodemailer.createTransport(transport).sendMail({ ...mail, signal: abort.signal }),
    );
    while (sandbox.drafts.length === 0) await new Promise((done) => setTimeout(done, 5));
    if (way === 'signal') abort.abort();
    else transport.close({ force: true });
    expect(await sending).toMatchObject({ code: 'EABORT', ambiguous: false });
    expect(sandbox.drafts).toEqual([]);
  });

  test('is named when it cannot be deleted', async () => {
    await start();
    const abort = new AbortController();
    sandbox.failNext('create-draft', { kind: 'silence', when: 'after' });
    sandbox.failNext('delete-message', FORBIDDEN, { times: 9 });
    const sending = failureOf(send({ ...mail, signal: abort.signal }, options));
    while (sandbox.drafts.length === 0) await new Promise((done) => setTimeout(done, 5));
    abort.abort();
    const [draft] = sandbox.drafts;
    expect(await sending).toMatchObject({ code: 'EABORT', draftId: draft?.id });
  });
});

test('a MIME draft whose creation is interrupted carries no mark, and is named by its Message-ID', async () => {
  await start();
  const abort = new AbortController();
  sandbox.failNext('create-draft', { kind: 'silence', when: 'after' });
  const sending = failureOf(send({ ...asMime, signal: abort.signal }));
  while (sandbox.drafts.length === 0) await new Promise((done) => setTimeout(done, 5));
  abort.abort();
  const [draft] = sandbox.drafts;
  expect(await sending).toMatchObject({ code: 'EABORT', ambiguous: false, draftId: draft?.id });
});

test('of two MIME drafts, the error names the one that is left, and not the one that was deleted', async () => {
  await start();
  sandbox.failNext('create-draft', LOST);
  sandbox.failNext('find-messages', FORBIDDEN);
  const error = await failureOf(send(asMime));
  const [draft, ...others] = sandbox.drafts;
  expect(others).toEqual([]);
  expect(error).toMatchObject({ draftId: draft?.id, message: expect.not.stringContaining(' or AAMk') });
});

test('a draft that cannot be deleted though the message was sent is in the info', async () => {
  await start();
  await send(order);
  sandbox.failNext('delete-message', FORBIDDEN);
  const info = await send(order);
  const [draft] = sandbox.drafts;
  expect(info).toMatchObject({ deduplicated: true, draftId: draft?.id });
  await expect(send(order)).resolves.toMatchObject({ deduplicated: true, draftId: undefined });
  expect(sandbox.drafts).toEqual([]);
});

test('a draft that another process has left and that Graph refuses gives way to our own', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'silence', when: 'before' });
  // Its process dies, so to speak: nothing of it is cleaned up.
  const transport = createTransport({ socketTimeout: 50, retry: { attempts: 1, maxDelay: 1 } });
  const left = nodemailer.createTransport(transport).sendMail({ ...order, from: 'ceo@contoso.example' });
  await expect(left).rejects.toMatchObject({ ambiguous: true });
  expect(sandbox.drafts).toHaveLength(1);
  await expect(send(order)).resolves.toMatchObject({ deduplicated: false });
  expect(sandbox.messages.map(({ from }) => from.address)).toEqual(['app@contoso.example']);
  expect(sandbox.drafts).toEqual([]);
});

test('a large message waits for what was sent before, though another process has a draft ready', async () => {
  await start({ searchDelay: { sentItems: { finds: 1 } } });
  await send(order);
  // A process whose draft stays.
  sandbox.failNext('find-messages', FORBIDDEN);
  sandbox.failNext('delete-message', FORBIDDEN);
  await expect(send(order)).rejects.toMatchObject({ ambiguous: true });
  expect(sandbox.drafts).toHaveLength(1);
  await expect(send(parcel)).resolves.toMatchObject({ deduplicated: true });
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
});

describe('at most once, by a draft', () => {
  const options = { delivery: 'at-most-once' } as const;
  const throttled = { kind: 'answer', status: 429, code: 'ApplicationThrottled', when: 'after' } as const;

  test('a /send that was carried out though it was answered with 429 is found by its mark', async () => {
    await start();
    sandbox.failNext('send-draft', throttled);
    await expect(send(parcel, options)).resolves.toMatchObject({ response: 'Sent, as the mailbox says' });
    expect(sandbox.messages).toHaveLength(1);
  });

  test('no error is certain when the draft is gone after a /send', async () => {
    await start({ searchDelay: { ms: 60_000 } });
    sandbox.failNext('send-draft', throttled);
    await expect(send(parcel, options)).rejects.toMatchObject({
      ambiguous: true,
      draftId: expect.stringMatching(/^AAMk/),
    });
    expect(sandbox.messages).toHaveLength(1);
  });

  test('a draft that was deleted is not taken for one whose answer was lost', async () => {
    await start({ searchDelay: { stale: { finds: 9 } } });
    const content = Buffer.alloc(2_500_000, 'plan');
    const attachments = ['a.bin', 'b.bin'].map((filename) => ({ filename, content }));
    // The search shows drafts by their ids, which are random: one time in two the wrong one comes first.
    for (let time = 1; time <= 6; time++) {
      // The answer to an attachment is lost, and then the answer to the draft that replaces the spoiled one.
      let drafts = 0;
      let isSpoiled = false;
      sandbox.failWith(({ request }) => {
        if (request === 'create-draft') return ++drafts === 2 ? LOST : undefined;
        if (request !== 'add-attachment' || isSpoiled) return undefined;
        isSpoiled = true;
        return LOST;
      });
      await send({ ...order, messageId: `<order-${time}@contoso.example>`, attachments }, options);
    }
    expect(sandbox.messages).toHaveLength(6);
    expect(sandbox.drafts).toEqual([]);
  });
});
