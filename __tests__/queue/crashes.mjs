// Many workers on a Redis of their own: three processes send from two mailboxes, while one
// request in ten meets a fault, a worker is killed, and Redis is killed. Every message has to arrive once.
// Run by `npm run test:queue [-- messages [seed]]`; it needs redis-server.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMailQueue } from 'nodemailer-graph-transport/bullmq';
import { startSandbox } from 'nodemailer-graph-transport/sandbox';
import { randomFaults } from '../support/random-faults.cjs';
import { RedisServer } from './redis-server.mjs';
import { WorkerProcesses } from './worker-processes.mjs';

const [, , first = '500', seed = '1'] = process.argv;
const COUNT = Number(first);
const FAULT_RATE = 0.1;
const DEADLINE_MS = 150_000;
const MAILBOXES = ['app@contoso.example', 'sales@contoso.example'];
/** Graph sends nothing from it. */
const UNLICENSED = 'retired@contoso.example';
const ALL_MAILBOXES = [...MAILBOXES, UNLICENSED];
const LIMITER = { max: 40, duration: 1000 };
/** So slow that it cannot be a busy machine that keeps the rate: what is refused takes nine seconds. */
const SLOW_LIMITER = { max: 2, duration: 1000 };
const REFUSED = 20;
/** What the service asks for, beside the second of the random faults. */
const RETRY_AFTER_MS = 5000;
/** Jobs that are on their way when their mailbox begins to be throttled. */
const ON_THEIR_WAY = 4;
/** JSON in base64, as a JWT begins. */
const TOKEN_START = 'eyJ';
const THROTTLED = {
  kind: 'answer',
  status: 429,
  code: 'ApplicationThrottled',
  retryAfter: RETRY_AFTER_MS / 1000,
};

const folder = await mkdtemp(join(tmpdir(), 'graph-queue-'));
const redis = new RedisServer(folder);
const sandbox = await startSandbox({ latency: 2, mailboxes: ALL_MAILBOXES.map(toMailbox) });
await redis.start();
const connection = { url: `redis://127.0.0.1:${redis.port}` };
const { userId, ...graph } = sandbox.options;
const workers = new WorkerProcesses({
  limiters: Object.fromEntries(
    ALL_MAILBOXES.map((mailbox) => [mailbox, mailbox === UNLICENSED ? SLOW_LIMITER : LIMITER]),
  ),
  connection,
  options: {
    // Short, and yet not so short that a busy machine cannot renew them.
    lockDuration: 10_000,
    stalledInterval: 2000,
    graph: { ...graph, retry: { attempts: 1, maxDelay: 50 }, socketTimeout: 2000 },
  },
});
const deadline = setTimeout(async () => {
  console.error(`Not done after ${DEADLINE_MS} ms, ${sandbox.messages.length} delivered.\n${workers.output}`);
  await cleanUp();
  process.exit(1);
}, DEADLINE_MS);
try {
  await run();
} finally {
  clearTimeout(deadline);
  await cleanUp();
}

async function run() {
  const startedAt = performance.now();
  const mail = await Promise.all(Array.from({ length: COUNT }, (_, n) => makeMail(n)));
  const refused = await Promise.all(Array.from({ length: REFUSED }, (_, n) => makeMail(`refused-${n}`)));
  const mailQueues = ALL_MAILBOXES.map((mailbox) => {
    const defaultJobOptions = { backoff: { type: 'custom', delay: 50 } };
    const queue = createMailQueue(mailbox, connection, { defaultJobOptions });
    // When Redis is gone, the queue says so here and connects again.
    queue.queue.on('error', () => undefined);
    return queue;
  });
  const queues = mailQueues.map(({ queue }) => queue);
  const unlicensed = mailQueues.at(-1);
  const add = ({ bytes, ...message }, n) => mailQueues[n % MAILBOXES.length].add(message);
  await Promise.all([...mail.map(add), ...refused.map(({ bytes, ...message }) => unlicensed.add(message))]);

  const service = laysFaults();
  for (const name of ['worker 1', 'worker 2', 'worker 3']) workers.start(name);

  await delivered(0.1);
  service.throttle(MAILBOXES[0]);

  await delivered(0.3);
  // Its mail has gone out, and it is not told so before it dies.
  service.isSilent = true;
  await sleep(400);
  const killed = await busiest(queues);
  await workers.kill(killed);
  service.isSilent = false;
  await sleep(300);
  workers.start(killed);

  await delivered(0.6);
  await redis.kill();
  await sleep(300);
  await redis.start();
  // An app that does not know whether Redis has kept its messages adds them again.
  await Promise.all(mail.map(add));

  await allDone(queues);
  const seconds = (performance.now() - startedAt) / 1000;
  const jobs = (await Promise.all(queues.slice(0, -1).map((queue) => queue.getJobs()))).flat();
  const failedRefused = await unlicensed.queue.getFailedCount();
  const stopped = await workers.stop();
  const written = await redis.written();
  const leaked = [graph.clientSecret, TOKEN_START].filter((secret) => written.includes(secret));
  await Promise.all(mailQueues.map((queue) => queue.close()));

  const copiesOf = ({ messageId }) =>
    sandbox.messages.filter(({ internetMessageId }) => internetMessageId === messageId);
  const copies = mail.map(copiesOf);
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const count = (all, has) => all.filter(has).length;
  const duplicated = count(copies, ({ length }) => length > 1);
  const lost = count(copies, ({ length }) => length === 0);
  const damaged = count(mail, (message, n) => copies[n].some((copy) => !isWhole(message, copy)));
  const failed = jobs.filter(({ failedReason, returnvalue }) => failedReason && !returnvalue);
  const found = count(jobs, ({ returnvalue }) => returnvalue?.deduplicated);
  const refusing = service.refusals.at(-1) - service.refusals[0];
  console.log(`${COUNT} messages, seed ${seed}, ${seconds.toFixed(1)} s; killed: ${killed}, Redis
  delivered ${COUNT - lost}, duplicated ${duplicated}, lost ${lost}, damaged ${damaged}; drafts left ${sandbox.drafts.length}
  jobs ${jobs.length}, failed ${failed.length}, runs ${sum(jobs.map(({ attemptsStarted }) => attemptsStarted))}, of which ${found} found their mail sent before
  begun while throttled ${service.unheeded}; asked to come back later ${service.askedLater}, came too early ${service.tooEarly}
  refused ${failedRefused} of ${REFUSED}, by ${service.refusals.length} requests, in ${Math.round(refusing)} ms
  most requests at once: ${Object.values(sandbox.concurrency).join(', ')}`);

  const checks = {
    'every message arrives': lost === 0,
    'no message arrives twice': duplicated === 0,
    'attachments arrive whole': damaged === 0,
    'no job fails': failed.length === 0,
    'a message that is added twice is one job': jobs.length === COUNT,
    'the killed worker leaves mail behind that has gone out': found > 0,
    'all workers together keep to the rate':
      refusing > (SLOW_LIMITER.duration * REFUSED) / SLOW_LIMITER.max / 2,
    'all workers leave a throttled mailbox alone': service.unheeded <= ON_THEIR_WAY,
    'Retry-After is obeyed': service.askedLater > 0 && service.tooEarly === 0,
    // One that the killed worker was at is begun again.
    'what is refused fails at once': failedRefused === REFUSED && service.refusals.length < 2 * REFUSED,
    'what is refused does not arrive': refused.every((message) => copiesOf(message).length === 0),
    'workers stop when told to': stopped,
    'no secret is in Redis': leaked.length === 0,
  };
  const broken = Object.keys(checks).filter((check) => !checks[check]);
  if (broken.length === 0) return;
  console.error(`Not so:\n  ${broken.join('\n  ')}`);
  for (const [n, { length }] of copies.entries())
    if (length !== 1) console.error(`${mail[n].messageId}: ${length}`);
  for (const { id, failedReason } of failed) console.error(`${id}: ${failedReason}`);
  process.exitCode = 1;
}

function toMailbox(userPrincipalName, index) {
  const id = `00000000-0000-4000-8000-00000000000${index}`;
  const state = userPrincipalName === UNLICENSED ? 'unlicensed' : 'ok';
  return { id, userPrincipalName, displayName: userPrincipalName, state };
}

/** One message in five has a file, one in five bytes of its own, and one in a hundred goes by an upload session. */
async function makeMail(n) {
  const messageId = `<order:${n}@contoso.example>`;
  const mail = { messageId, to: 'ann@example.com', subject: `Order ${n}`, text: 'Thank you!' };
  const path = join(folder, `${n}.bin`);
  if (n % 100 === 99) {
    const bytes = Buffer.alloc(4_000_000, `plan ${n}`);
    await writeFile(path, bytes);
    return { ...mail, attachments: [{ path }], bytes };
  }
  const bytes = Buffer.from([0, 255, ...Buffer.from(`invoice ${n}`)]);
  if (n % 5 === 0) {
    await writeFile(path, bytes);
    return { ...mail, attachments: [{ path }], bytes };
  }
  if (n % 5 === 1) return { ...mail, attachments: [{ filename: `${n}.bin`, content: bytes }], bytes };
  return mail;
}

/** Lays faults, most of them at random, and looks how the workers take those that ask for something. */
function laysFaults() {
  const choose = randomFaults(Number(seed), FAULT_RATE);
  let throttledMailbox;
  let throttledAt;
  const askedLaterAt = new Map();
  let sends = 0;
  const service = {
    /** Whether a message is sent, and never answered for. */
    isSilent: false,
    /** When a message was refused. */
    refusals: [],
    /** Jobs that were begun though the mailbox was throttled. */
    unheeded: 0,
    askedLater: 0,
    tooEarly: 0,
    throttle(mailbox) {
      throttledMailbox = mailbox;
    },
  };
  sandbox.failWith(({ request, mailbox, path }) => {
    const now = performance.now();
    if (mailbox === UNLICENSED) {
      service.refusals.push(now);
      return undefined;
    }
    // With exactly-once a job makes a draft once, and first.
    if (request === 'create-draft' && mailbox === throttledMailbox) {
      throttledAt ??= now;
      const passed = now - throttledAt;
      if (passed < 0.2 * RETRY_AFTER_MS) return THROTTLED;
      if (passed < 0.95 * RETRY_AFTER_MS) service.unheeded += 1;
    }
    if (request === 'send-draft') {
      if (now - askedLaterAt.get(path) < RETRY_AFTER_MS) service.tooEarly += 1;
      askedLaterAt.delete(path);
      if (service.isSilent) return { kind: 'silence', when: 'after' };
      sends += 1;
      if (sends % 60 === 0) {
        service.askedLater += 1;
        askedLaterAt.set(path, now);
        return { kind: 'html', status: 504, retryAfter: RETRY_AFTER_MS / 1000 };
      }
    }
    const fault = choose();
    // A fresh token that is refused as well is the end of a message, and chance would bring that about.
    return fault?.status === 401 ? undefined : fault;
  });
  return service;
}

/** The process that works on the most jobs at this moment. */
async function busiest(queues) {
  const active = (await Promise.all(queues.map((queue) => queue.getActive()))).flat();
  const loadOf = (name) => active.filter(({ processedBy }) => processedBy === name).length;
  return workers.names.reduce((one, other) => (loadOf(other) > loadOf(one) ? other : one));
}

async function delivered(share) {
  while (sandbox.messages.length < share * COUNT) await sleep(20);
}

async function allDone(queues) {
  const left = async (queue) => (await queue.count()) + (await queue.getActiveCount());
  while ((await Promise.all(queues.map(left))).some((jobs) => jobs > 0)) await sleep(100);
}

function isWhole({ bytes }, { attachments }) {
  const [attachment] = attachments;
  return bytes ? attachments.length === 1 && attachment.content.equals(bytes) : attachments.length === 0;
}

async function cleanUp() {
  workers.killAll();
  await redis.kill();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
}
