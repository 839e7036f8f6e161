import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { rewritingService } from '../support/rewriting-service';
import { sandboxCredential } from '../support/sandbox-credential';

let sandbox: RunningSandbox;
async function start(options: StartSandboxOptions = {}) {
  sandbox = await startSandbox(options);
}
afterEach(() => sandbox.close());

const options = () => ({
  ...sandbox.options,
  delivery: 'exactly-once' as const,
  retry: { attempts: 4, maxDelay: 5 },
});
const send = (mail: SendMailOptions, more: GraphTransportOptions = {}) =>
  nodemailer.createTransport(graphTransport({ ...options(), ...more })).sendMail(mail);

const order: SendMailOptions = {
  messageId: '<order-4711@contoso.example>',
  to: 'ann@example.com',
  subject: 'Your order',
  html: '<p>Thank you!</p>',
  attachments: [{ filename: 'invoice.txt', content: 'one' }],
};
const parcel: SendMailOptions = {
  ...order,
  attachments: [
    { filename: 'plan.bin', content: 'x'.repeat(4_000_000) },
    { filename: 'invoice.txt', content: 'one' },
  ],
};

/** A job in a process of its own. */
function startJob(mail: SendMailOptions): ChildProcessByStdio<Writable, Readable, null> {
  const files = ['typescript.cjs', 'send-job.ts'].map((file) => join(__dirname, '../support', file));
  const job = spawn(process.execPath, ['--require', ...files], { stdio: ['pipe', 'pipe', 'inherit'] });
  job.stdin.end(JSON.stringify({ options: options(), mail }));
  return job;
}

/** Waits until something has happened in another process. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 10));
}

const asked = (pattern: RegExp) => sandbox.requests.filter(({ path }) => pattern.test(path)).length;

test('sends by way of a draft, and says that the message is new', async () => {
  await start();
  await expect(send(order)).resolves.toMatchObject({
    route: 'draft',
    routeReason: 'delivery is exactly-once',
    deduplicated: false,
    attempts: 1,
    messageId: order.messageId,
  });
  expect(sandbox.messages).toMatchObject([{ subject: 'Your order', internetMessageId: order.messageId }]);
});

test('the same Message-ID sent twice is one mail, and the same info', async () => {
  await start();
  const first = await send(order);
  const second = await send(order);
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
  expect(second).toMatchObject({
    deduplicated: true,
    attempts: 0,
    messageId: first.messageId,
    envelope: first.envelope,
    accepted: first.accepted,
    route: first.route,
  });
});

test('Message-IDs that differ in case only are two messages', async () => {
  await start();
  await send(order);
  await send({ ...order, messageId: '<ORDER-4711@contoso.example>' });
  expect(sandbox.messages).toHaveLength(2);
});

test('a message of another mailbox is another message', async () => {
  await start();
  await send(order);
  await send(order, { userId: 'sales@contoso.example' });
  expect(sandbox.messages).toHaveLength(2);
});

test('a signed message, which goes as MIME, is sent once as well', async () => {
  await start();
  const mail = {
    ...order,
    icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
  };
  await expect(send(mail)).resolves.toMatchObject({ route: 'mime', deduplicated: false });
  await expect(send(mail)).resolves.toMatchObject({ route: 'mime', deduplicated: true });
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
});

test.each(['json', 'mime'] as const)(
  'a long text goes once by %s, though Graph repeats it in its answer',
  async (format) => {
    await start();
    const mail = { ...order, html: `<p>${'Thank you! '.repeat(100_000)}</p>`, graph: { format } };
    await expect(send(mail)).resolves.toMatchObject({ deduplicated: false });
    expect(asked(/\/messages$/)).toBe(3);
    await expect(send(mail)).resolves.toMatchObject({ deduplicated: true });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  },
);

test('can be asked for by a message alone', async () => {
  await start();
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  const mail = { ...order, graph: { delivery: 'exactly-once' as const } };
  await transporter.sendMail(mail);
  await expect(transporter.sendMail(mail)).resolves.toMatchObject({ deduplicated: true });
  await expect(transporter.sendMail(order)).resolves.toMatchObject({ route: 'json', deduplicated: false });
});

test('says that it needs Mail.ReadWrite', async () => {
  await start({ roles: ['Mail.Send'] });
  await expect(send(order)).rejects.toMatchObject({
    code: 'EAUTH',
    message: expect.stringMatching(/delivery: 'exactly-once' needs.*Mail\.ReadWrite/),
  });
});

test('waits for a mailbox whose search is behind, rather than to send twice', async () => {
  await start({ searchDelay: { finds: 2 } });
  await send(order);
  await expect(send(order)).resolves.toMatchObject({ deduplicated: true });
  expect(sandbox.messages).toHaveLength(1);
});

test('two processes that send the same message at the same time send one mail', async () => {
  await start({ latency: 5 });
  const outcomes = await Promise.all([send(order), send(order), send(order)]);
  expect(sandbox.messages).toHaveLength(1);
  expect(outcomes.filter(({ deduplicated }) => !deduplicated).length).toBeLessThanOrEqual(1);
  expect(sandbox.drafts).toEqual([]);
});

test('two processes that upload the same message at the same time send one mail, and none is left in doubt', async () => {
  await start({ latency: 5 });
  const outcomes = await Promise.allSettled([send(parcel), send(parcel)]);
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.messages[0]?.attachments.map(({ name }) => name)).toEqual(['plan.bin', 'invoice.txt']);
  expect(sandbox.drafts).toEqual([]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ retryable: true });
  }
});

test.each([
  ['a small message', order],
  ['a message with uploads', parcel],
])(
  'a process that is killed between draft and send, and then the job again: one mail, for %s',
  async (_, mail) => {
    await start();
    // The request arrives, and is not carried out.
    sandbox.failNext('send-draft', { kind: 'silence', when: 'before' });
    const job = startJob(mail);
    while (asked(/\/send$/) === 0 && sandbox.drafts.length === 0)
      await new Promise((done) => setTimeout(done, 20));
    while (asked(/\/send$/) === 0) await new Promise((done) => setTimeout(done, 20));
    job.kill('SIGKILL');
    await once(job, 'exit');
    expect(sandbox.drafts).toHaveLength(1);
    expect(sandbox.messages).toEqual([]);

    const again = startJob(mail);
    const info = JSON.parse(await text(again.stdout));
    expect(info).toMatchObject({ messageId: order.messageId });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.messages[0]?.attachments).toHaveLength(mail.attachments?.length ?? 0);
    expect(sandbox.drafts).toEqual([]);
  },
);

test('a process that is killed after the send, and then the job again: one mail', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'silence', when: 'after' });
  const job = startJob(order);
  await until(() => sandbox.messages.length > 0);
  job.kill('SIGKILL');
  await once(job, 'exit');
  const again = startJob(order);
  expect(JSON.parse(await text(again.stdout))).toMatchObject({ deduplicated: true });
  expect(sandbox.messages).toHaveLength(1);
});

test('a draft that a killed process left half made is thrown away, and the message sent whole', async () => {
  await start();
  sandbox.failNext('upload-range', { kind: 'silence', when: 'before' });
  const job = startJob(parcel);
  await until(() => asked(/^\/upload\//) > 0);
  job.kill('SIGKILL');
  await once(job, 'exit');
  expect(sandbox.drafts).toHaveLength(1);
  await expect(send(parcel)).resolves.toMatchObject({ deduplicated: false });
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.messages[0]?.attachments.map(({ name }) => name)).toEqual(['plan.bin', 'invoice.txt']);
  expect(sandbox.drafts).toEqual([]);
});

describe('a draft that is taken away while it is filled', () => {
  /** Sends the parcel, and does this once, when its first range is on its way. */
  async function sendWhile(act: (draftId: string) => Promise<unknown>) {
    await start();
    let isDone = false;
    const { dispatcher, close } = await rewritingService(
      sandbox,
      (body) => body,
      async ({ method }) => {
        const [draft] = sandbox.drafts;
        if (method !== 'PUT' || isDone || !draft) return;
        isDone = true;
        await act(draft.id);
      },
    );
    const info = await send(parcel, { dispatcher, searchLag: 0 });
    await close();
    return info;
  }

  test('by a process that has sent the message: one mail', async () => {
    await expect(sendWhile(() => send(parcel))).resolves.toMatchObject({ deduplicated: true });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });

  test('by somebody who has sent nothing: it is made again, and sent', async () => {
    const info = await sendWhile(async (id) => {
      const { getToken } = await sandboxCredential(sandbox);
      const { token } = await getToken();
      const url = `http://127.0.0.1/v1.0/users/${sandbox.options.userId}/messages/${id}`;
      const headers = { authorization: `Bearer ${token}` };
      const { status } = await sandbox.handle(new Request(url, { method: 'DELETE', headers }));
      expect(status).toBe(204);
    });
    expect(info).toMatchObject({ deduplicated: false });
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });
});

test('a draft whose /send failed is deleted once another process has sent the message, which proves that ours was not sent', async () => {
  await start();
  const { getToken } = await sandboxCredential(sandbox);
  const { token } = await getToken();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = (path: string, body: string | null = null) =>
    sandbox.handle(new Request(`http://127.0.0.1${path}`, { method: 'POST', headers, body }));
  let drafted: { path: string; body: string } | undefined;
  const { dispatcher, close } = await rewritingService(
    sandbox,
    (body) => body,
    async (request) => {
      const { pathname: path } = new URL(request.url);
      if (request.method === 'POST' && path.endsWith('/messages')) {
        drafted = { path, body: await request.clone().text() };
      }
      if (!drafted || !path.endsWith('/send') || sandbox.messages.length > 0) return;
      const { id } = await (await post(drafted.path, drafted.body)).json();
      expect((await post(`${drafted.path}/${id}/send`)).status).toBe(202);
      sandbox.failNext('send-draft', { kind: 'answer', status: 500 });
    },
  );
  await expect(send(order, { dispatcher, searchLag: 0 })).resolves.toMatchObject({
    deduplicated: true,
    response: 'Sent before, as the mailbox says',
  });
  await close();
  expect(sandbox.messages).toHaveLength(1);
  expect(sandbox.drafts).toEqual([]);
});

test('what was sent without an answer is not called a duplicate', async () => {
  await start();
  sandbox.failNext('send-draft', { kind: 'reset', when: 'after' });
  await expect(send(order)).resolves.toMatchObject({
    deduplicated: false,
    response: 'Sent, as the mailbox says',
  });
  expect(sandbox.messages).toHaveLength(1);
});

describe('a search that is behind', () => {
  test('shows another draft of the message and not ours yet: it is asked again', async () => {
    await start({ searchDelay: { drafts: { finds: 2 } } });
    // A process that dies with its draft ready, which each search of ours shows.
    sandbox.failNext('send-draft', { kind: 'silence', when: 'before' });
    await send(order, { socketTimeout: 50, retry: { attempts: 1, maxDelay: 1 } }).catch(() => undefined);
    expect(sandbox.drafts).toHaveLength(1);
    const before = asked(/\/messages$/);
    await expect(send(order, { searchLag: 0 })).resolves.toMatchObject({ deduplicated: false });
    // The draft, two looks that miss it, the look that shows it, and those after it.
    expect(asked(/\/messages$/) - before).toBeGreaterThan(4);
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.drafts).toEqual([]);
  });

  test('shows what we have sent as a draft: nobody deletes it', async () => {
    await start({ searchDelay: { stale: { finds: 9 } } });
    await send(parcel);
    expect(sandbox.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('fails after the message was sent: it is sent all the same', async () => {
    await start();
    sandbox.failWith(({ request }) =>
      sandbox.messages.length > 0 && request === 'find-messages'
        ? { kind: 'answer', status: 500 }
        : undefined,
    );
    await expect(send(parcel)).resolves.toMatchObject({ deduplicated: false });
    expect(sandbox.messages).toHaveLength(1);
  });
});
