// What the queue and its worker do with each kind of failure, on a Redis of their own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { QueueEvents } from 'bullmq';
import { createMailQueue, createMailWorker } from 'nodemailer-graph-transport/bullmq';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';
import { RedisServer } from './redis-server.mjs';

const SECRET = 'canary~client~secret';
const folder = await mkdtemp(join(tmpdir(), 'graph-bullmq-'));
const redis = new RedisServer(folder);
let sandbox;
let graph;
let mailbox;
let prefix;
let tests = 0;
let connection;
const open = [];
/** Closes when the test is over. */
const closing = (it) => {
  open.push(it);
  return it;
};

before(async () => {
  await redis.start();
  connection = { url: `redis://127.0.0.1:${redis.port}` };
});
beforeEach(async () => {
  sandbox = await startSandbox({ clientSecret: SECRET });
  ({ userId: mailbox, ...graph } = sandbox.options);
  graph.searchLag = 0;
  tests += 1;
  prefix = `test-${tests}`;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((it) => it.close(true)));
  await sandbox.close();
});
after(async () => {
  await redis.kill();
  await rm(folder, { recursive: true, force: true });
});

const backoff = { type: 'custom', delay: 1 };
const mail = (n) => ({
  messageId: `<order:${n}@contoso.com>`,
  to: 'ann@example.com',
  subject: `${n}`,
  text: 'Hi',
});
const openQueue = (options) => closing(createMailQueue(mailbox, connection, { prefix, ...options }));
const openWorker = (options) => closing(createMailWorker(mailbox, connection, { prefix, graph, ...options }));
const fast = () => openQueue({ defaultJobOptions: { attempts: 3, backoff } });

/** The job once it is sent or has failed for good. */
async function settled(queue, job) {
  const events = new QueueEvents(queue.queue.name, { connection, prefix });
  try {
    await job.waitUntilFinished(events, 15_000).catch(() => undefined);
  } finally {
    await events.close();
  }
  return queue.queue.getJob(job.id);
}

test('sends what is added, bytes and all, and tells what sendMail tells', async () => {
  const queue = openQueue();
  const content = Buffer.from([0, 255, 1]);
  const job = await queue.add({
    ...mail(1),
    text: Buffer.from('Grüße'),
    attachments: [{ filename: 'a.bin', content }],
  });
  openWorker();
  const { returnvalue, attemptsMade } = await settled(queue, job);
  assert.equal(returnvalue.messageId, mail(1).messageId);
  assert.equal(returnvalue.route, 'draft');
  assert.equal(attemptsMade, 1);
  const [message] = sandbox.messages;
  assert.deepEqual(message.attachments[0].content, content);
  assert.match(message.body.content, /Grüße/);
});

test('takes a message once by its Message-ID, with or without brackets, also when it was sent', async () => {
  const queue = openQueue();
  const job = await queue.add(mail(1));
  await queue.add({ ...mail(1), messageId: 'order:1@contoso.com' });
  assert.equal(await queue.queue.count(), 1);
  openWorker();
  await settled(queue, job);
  await queue.add(mail(1));
  assert.equal(await queue.queue.count(), 0);
  assert.equal(sandbox.messages.length, 1);
});

test('a mailbox has one queue however it is written', () => {
  const upper = closing(createMailQueue(' Orders@Contoso.com', connection));
  const lower = closing(createMailQueue('orders@contoso.com', connection));
  assert.equal(upper.queue.name, lower.queue.name);
  assert.throws(() => createMailQueue(' ', connection), /needs the mailbox/);
});

test('refuses what cannot wait in a queue, and what is for the worker to say', async () => {
  const queue = openQueue();
  const { messageId, ...nameless } = mail(1);
  await assert.rejects(queue.add(nameless), /needs a messageId/);
  await assert.rejects(queue.add({ ...mail(1), messageId: ' <> ' }), /needs a messageId/);
  await assert.rejects(
    queue.add({ ...mail(1), signal: AbortSignal.abort() }),
    /message.signal is of AbortSignal/,
  );
  await assert.rejects(
    queue.add({ ...mail(1), graph: { userId: 'ceo@contoso.com' } }),
    /graph.userId is the same/,
  );
  await assert.rejects(
    queue.add({ ...mail(1), graph: { delivery: 'at-most-once' } }),
    /graph.delivery is the same/,
  );
  assert.equal(await queue.queue.count(), 0);
});

test("BullMQ's options of a job come along, but for its id", async () => {
  const queue = openQueue({ defaultJobOptions: { attempts: 4 } });
  const job = await queue.add(mail(1), { delay: 60_000, priority: 3, jobId: 'mine' });
  assert.equal(job.id, encodeURIComponent(mail(1).messageId));
  assert.equal(job.opts.delay, 60_000);
  assert.equal(job.opts.priority, 3);
  assert.equal(job.opts.attempts, 4);
  assert.deepEqual(job.opts.backoff, { type: 'custom', delay: 1000 });
  assert.deepEqual(job.opts.removeOnComplete, { age: 7 * 24 * 3600 });
});

test('fails at once what was refused, with the reason and its cause', async () => {
  const queue = fast();
  sandbox.failNext('create-draft', { kind: 'answer', status: 403, code: 'ErrorSendAsDenied' });
  const worker = openWorker();
  const failed = once(worker.worker, 'failed');
  const job = await queue.add(mail(1));
  const { failedReason, attemptsMade } = await settled(queue, job);
  assert.equal(attemptsMade, 1);
  assert.match(failedReason, /ErrorSendAsDenied/);
  const [, { cause }] = await failed;
  assert.equal(cause.graphCode, 'ErrorSendAsDenied');
  assert.equal(sandbox.messages.length, 0);
});

test('sends again what was not accepted, as often as the attempts allow', async () => {
  const queue = fast();
  const fault = { kind: 'answer', status: 503, code: 'serviceNotAvailable' };
  for (let n = 0; n < 2; n += 1) sandbox.failNext('create-draft', fault);
  openWorker();
  const sent = await settled(queue, await queue.add(mail(1)));
  assert.equal(sent.attemptsMade, 3);
  for (let n = 0; n < 3; n += 1) sandbox.failNext('create-draft', fault);
  const lost = await settled(queue, await queue.add(mail(2)));
  assert.equal(lost.attemptsMade, 3);
  assert.match(lost.failedReason, /serviceNotAvailable/);
  assert.equal(sandbox.messages.length, 1);
});

const THROTTLED = { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 1 };
const LOST = { kind: 'reset', when: 'after' };

/** Lets the first request of that name meet a fault, and notes when each came. */
function failFirst(name, fault, onFault = () => undefined) {
  const cameAt = [];
  sandbox.failWith(({ request }) => {
    if (request !== name) return undefined;
    if (cameAt.push(performance.now()) > 1) return undefined;
    onFault();
    return fault;
  });
  return cameAt;
}

async function until(isSo) {
  while (!(await isSo())) await sleep(5);
}

test('a throttled mailbox pauses for all workers, and that is no attempt of the message', async () => {
  const queue = openQueue({ defaultJobOptions: { attempts: 1 } });
  const cameAt = failFirst('create-draft', THROTTLED);
  openWorker();
  openWorker();
  const first = await queue.add(mail(1));
  await until(() => queue.queue.getRateLimitTtl(1e9));
  const others = await Promise.all([2, 3, 4].map((n) => queue.add(mail(n))));
  const jobs = await Promise.all([first, ...others].map((job) => settled(queue, job)));
  for (const { failedReason, returnvalue } of jobs) assert.ok(returnvalue, failedReason);
  assert.equal(sandbox.messages.length, 4);
  const [throttledAt, ...later] = cameAt;
  assert.ok(Math.min(...later) - throttledAt >= 990, `${later.map((at) => at - throttledAt)}`);
});

test('a shorter pause does not end a longer one', async () => {
  const queue = openQueue();
  failFirst('create-draft', THROTTLED, () => queue.queue.rateLimit(60_000));
  const worker = openWorker();
  const job = await queue.add(mail(1));
  await until(() => sandbox.requests.some(({ status }) => status === 429));
  await until(() => job.isWaiting());
  assert.ok((await queue.queue.getRateLimitTtl(1e9)) > 30_000);
  // Nor does a worker that is closed now wait for its end.
  const beganAt = performance.now();
  await worker.close();
  assert.ok(performance.now() - beganAt < 9000);
});

test('exactly-once sends again what may have been sent, and it arrives once', async () => {
  const queue = fast();
  // Nor can the mailbox be asked, so nobody knows.
  sandbox.failNext('send-draft', LOST);
  sandbox.failNext('find-messages', { kind: 'reset' }, { times: 2 });
  openWorker();
  const { returnvalue, attemptsMade } = await settled(queue, await queue.add(mail(1)));
  assert.ok(returnvalue);
  assert.ok(attemptsMade > 1);
  assert.equal(sandbox.messages.length, 1);
});

test('at-most-once fails what may have been sent, and does not send it again', async () => {
  const queue = fast();
  const cameAt = failFirst('send-mail', LOST);
  openWorker({ graph: { ...graph, delivery: 'at-most-once' } });
  const { failedReason, attemptsMade } = await settled(queue, await queue.add(mail(1)));
  assert.match(failedReason, /may have been sent/);
  assert.equal(attemptsMade, 1);
  await sleep(100);
  assert.equal(cameAt.length, 1);
});

/** A worker that lost its job while it was sending, as one that was killed. */
async function abandoned(queue, options) {
  const isSilent = new Promise((resolve) => {
    sandbox.failWith(({ request }) => {
      if (!request.startsWith('send')) return undefined;
      sandbox.failWith(undefined);
      resolve();
      return { kind: 'silence', when: 'after' };
    });
  });
  const worker = openWorker({ ...options, lockDuration: 500, skipLockRenewal: true, skipStalledCheck: true });
  worker.worker.on('error', () => undefined);
  const job = await queue.add(mail(1));
  await isSilent;
  return job;
}

test('exactly-once: others take over from a worker that died, and find what it sent', async () => {
  const queue = fast();
  const job = await abandoned(queue);
  openWorker({ stalledInterval: 200 });
  const { returnvalue } = await settled(queue, job);
  assert.equal(returnvalue.deduplicated, true);
  assert.equal(sandbox.messages.length, 1);
});

test('at-most-once: the message of a worker that died fails', async () => {
  const queue = fast();
  const options = { graph: { ...graph, delivery: 'at-most-once' } };
  const job = await abandoned(queue, options);
  openWorker({ ...options, stalledInterval: 200 });
  const { failedReason } = await settled(queue, job);
  assert.match(failedReason, /stalled/);
  assert.equal(sandbox.messages.length, 1);
});

test('all workers together keep to the rate and to the concurrency of the mailbox', async () => {
  const queue = openQueue();
  await queue.add(mail(1));
  const [one] = [openWorker(), openWorker()];
  assert.deepEqual(one.worker.opts.limiter, { max: 30, duration: 60_000 });
  assert.equal(one.worker.concurrency, 4);
  assert.equal(one.worker.opts.maximumRateLimitDelay, 5000);
  await until(() => sandbox.messages.length === 1);
  assert.equal(await queue.queue.getGlobalConcurrency(), 4);
  const other = openWorker({ globalConcurrency: 2, limiter: { max: 1, duration: 1000 }, concurrency: 3 });
  await until(async () => (await queue.queue.getGlobalConcurrency()) === 2);
  assert.deepEqual(other.worker.opts.limiter, { max: 1, duration: 1000 });
  assert.equal(other.worker.concurrency, 3);
});

test('a worker does not begin before the concurrency is set, nor by itself with autorun: false', async () => {
  const queue = openQueue();
  await queue.add(mail(1));
  let atBegin;
  sandbox.failWith(() => {
    atBegin ??= queue.queue.getGlobalConcurrency();
    return undefined;
  });
  const worker = openWorker({ autorun: false });
  await until(async () => (await queue.queue.getGlobalConcurrency()) === 4);
  await sleep(100);
  assert.equal(sandbox.messages.length, 0);
  void worker.worker.run();
  await until(() => sandbox.messages.length === 1);
  assert.equal(await atBegin, 4);
});

test('the mailbox and the delivery are those of the worker, whatever a job says', async () => {
  const queue = openQueue();
  const data = {
    ...mail(1),
    graph: { userId: 'ceo@contoso.example', delivery: 'at-most-once', importance: 'high' },
  };
  openWorker({ graph: { ...graph, userId: 'ceo@contoso.example' } });
  const { returnvalue, failedReason } = await settled(queue, await queue.queue.add('message', data));
  assert.equal(returnvalue?.route, 'draft', failedReason);
  assert.equal(sandbox.messages[0].mailbox, mailbox);
  assert.equal(sandbox.messages[0].importance, 'high');
});

test('close waits for the messages under way, and leaves the others in the queue', async () => {
  const queue = openQueue();
  const worker = openWorker({ concurrency: 1 });
  let closed;
  sandbox.failWith(({ request }) => {
    if (request === 'create-draft') closed ??= worker.close();
    return undefined;
  });
  await Promise.all([1, 2].map((n) => queue.add(mail(n))));
  await until(() => closed !== undefined);
  await closed;
  assert.equal(sandbox.messages.length, 1);
  assert.equal(await queue.queue.getWaitingCount(), 1);
  assert.equal(await queue.queue.getActiveCount(), 0);
  assert.equal(await queue.queue.getFailedCount(), 0);
});

test('close by force puts back what is under way, without an attempt, and another worker sends it once', async () => {
  const queue = openQueue({ defaultJobOptions: { attempts: 1 } });
  let isUnderWay = false;
  sandbox.failWith(({ request }) => {
    if (request !== 'create-draft') return undefined;
    isUnderWay = true;
    return { kind: 'silence' };
  });
  const worker = openWorker();
  const jobs = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => queue.add(mail(n))));
  await until(() => isUnderWay);
  const slow = worker.close();
  // Their drafts are deleted.
  sandbox.failWith(undefined);
  await worker.close(true);
  await slow;
  assert.equal(await queue.queue.getFailedCount(), 0);
  assert.equal(await queue.queue.getActiveCount(), 0);
  assert.equal(await queue.queue.getWaitingCount(), 6);
  openWorker();
  for (const job of jobs) assert.ok((await settled(queue, job)).returnvalue);
  assert.equal(sandbox.messages.length, 6);
});

test('a worker that stops while its mailbox is throttled leaves the pause to the others, and does not wait for it', async () => {
  const queue = openQueue({ defaultJobOptions: { attempts: 1 } });
  const worker = openWorker();
  let closed;
  failFirst('create-draft', { ...THROTTLED, retryAfter: 60 }, () => {
    closed = worker.close();
  });
  const beganAt = performance.now();
  await queue.add(mail(1));
  await until(() => closed !== undefined);
  await closed;
  assert.ok(performance.now() - beganAt < 5000);
  assert.equal(await queue.queue.getWaitingCount(), 1);
  assert.ok((await queue.queue.getRateLimitTtl(1e9)) > 50_000);
});

test('what the queue of a worker complains of is told by the worker, and all of it closes together', async () => {
  const worker = openWorker();
  const told = once(worker.worker, 'error');
  worker.queue.emit('error', new Error('Redis is away'));
  assert.equal((await told)[0].message, 'Redis is away');
  await worker.close();
  await assert.rejects(worker.transporter.sendMail(mail(1)), /closed/);
  assert.ok(worker.queue.closing);
});

test('wrong options are told at once, and leave no connection behind', () => {
  assert.throws(() => createMailWorker(mailbox, connection, { graph: { ...graph, tenant: 'x' } }), {
    code: 'ECONFIG',
  });
  assert.throws(() => createMailWorker('', connection, { graph }), { code: 'ECONFIG' });
});

test('a worker that is started before Redis starts when Redis does', async () => {
  const other = new RedisServer(await mkdtemp(join(folder, 'late-')));
  await other.start();
  await other.kill();
  const elsewhere = { url: `redis://127.0.0.1:${other.port}`, maxRetriesPerRequest: 1 };
  const worker = closing(createMailWorker(mailbox, elsewhere, { graph }));
  const [error] = await once(worker.worker, 'error');
  assert.ok(error instanceof Error);
  worker.worker.on('error', () => undefined);
  await other.start();
  const queue = closing(createMailQueue(mailbox, { url: elsewhere.url }));
  await queue.add(mail(1));
  await until(() => sandbox.messages.length === 1);
  await worker.close();
  await queue.close();
  await other.kill();
});

test('no secret reaches Redis, whatever goes wrong', async () => {
  const queue = fast();
  sandbox.failNext('token', { kind: 'answer', status: 401, code: 'invalid_client', aadsts: 7000215 });
  openWorker();
  const dkim = { domainName: 'contoso.com', keySelector: 'k', privateKey: 'canary-key' };
  const { failedReason } = await settled(queue, await queue.add({ ...mail(1), dkim }));
  assert.match(failedReason, /AADSTS7000215/);
  await settled(queue, await queue.add(mail(2)));
  const written = await redis.written();
  assert.match(written, /AADSTS7000215/);
  for (const secret of [SECRET, encodeURIComponent(SECRET), 'canary', 'eyJ']) {
    assert.ok(!written.includes(secret), `${secret} is in Redis`);
  }
});

test('require gives the same as import', () => {
  const required = createRequire(import.meta.url)('nodemailer-graph-transport/bullmq');
  assert.equal(required.createMailQueue, createMailQueue);
  assert.equal(required.createMailWorker, createMailWorker);
});

/** The programs of the page about queues, as an app has them in its folder. */
async function programs() {
  const page = await readFile(new URL('../../docs/queue.md', import.meta.url), 'utf8');
  const [app, worker] = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  const cwd = await mkdtemp(join(folder, 'app-'));
  await mkdir(join(cwd, 'node_modules'));
  await symlink(
    fileURLToPath(new URL('../..', import.meta.url)),
    join(cwd, 'node_modules/nodemailer-graph-transport'),
  );
  await writeFile(join(cwd, 'app.mjs'), app);
  await writeFile(join(cwd, 'mail-worker.mjs'), worker);
  return cwd;
}

test("the documentation's app and worker send the mail, and stop when told to", async () => {
  const mailboxes = [{ id: randomUUID(), userPrincipalName: 'orders@contoso.com', displayName: 'Orders' }];
  const service = closing(
    await startSandbox({ clientSecret: SECRET, tenantDomain: 'contoso.com', mailboxes }),
  );
  const cwd = await programs();
  const { GRAPH_USER_ID, ...settings } = service.env;
  const env = { ...settings, REDIS_URL: connection.url };
  const start = (file) =>
    spawn(process.execPath, [file], { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const worker = start('mail-worker.mjs');
  assert.deepEqual(await once(start('app.mjs'), 'exit'), [0, null]);
  await until(() => service.messages.length > 0);
  assert.equal(service.messages[0].subject, 'Your order 4711');
  worker.kill('SIGTERM');
  assert.deepEqual(await once(worker, 'exit'), [0, null]);
});
