// What a message costs in the queue, by the number of mailboxes and of messages that wait, and how long the abort of
// a signal takes that all of them share. No message goes anywhere: the dispatcher answers at once. Run by
// `npm run bench:queue`.
import { createRequire } from 'node:module';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import { Dispatcher } from 'undici';

const { MailboxLimiter } = createRequire(import.meta.url)('../../dist/delivery/mailbox-limiter.js');
const LIMITS = {
  maxConnections: 4,
  maxTotalConnections: 64,
  rateLimit: undefined,
  rateDelta: 1000,
  maxQueue: Number.POSITIVE_INFINITY,
};
const CLOCK = { now: () => performance.now(), sleep: () => new Promise(() => {}), random: Math.random };
const ROUNDS = 5;

/** Microseconds of CPU for each message from its coming to its end. */
async function costOf(messages, mailboxes) {
  const limiter = new MailboxLimiter(LIMITS, CLOCK);
  const names = Array.from({ length: mailboxes }, (_, index) => `mailbox${index}@contoso.example`);
  const began = process.cpuUsage();
  const work = () => new Promise(setImmediate);
  const sends = [];
  for (let n = 0; n < messages; n++) sends.push(limiter.run(names[n % mailboxes], work));
  await Promise.all(sends);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / messages;
}

async function median(measure) {
  const figures = [];
  await measure();
  for (let round = 0; round < ROUNDS; round++) figures.push(await measure());
  return figures.sort((one, other) => one - other)[(ROUNDS - 1) / 2];
}

const rows = {};
for (const [messages, mailboxes] of [
  [20_000, 10],
  [20_000, 100],
  [20_000, 1000],
  [20_000, 10_000],
  [160_000, 10],
  [160_000, 10_000],
]) {
  rows[`${messages} messages, ${mailboxes} mailboxes`] = await median(() => costOf(messages, mailboxes));
}
const [first] = Object.values(rows);
console.log(`Queue alone, median of ${ROUNDS} rounds`);
console.table(
  Object.fromEntries(
    Object.entries(rows).map(([row, us]) => [
      row,
      { 'CPU µs a message': us.toFixed(1), 'of the first row': (us / first).toFixed(2) },
    ]),
  ),
);

/** Takes requests and never answers them. */
class SilentDispatcher extends Dispatcher {
  dispatch(_options, handler) {
    handler.onConnect?.(() => {}, null);
    return true;
  }
}

/** Milliseconds that aborting takes until every message has failed, and until `abort()` itself returns. */
async function abortAll(messages) {
  const warnings = [];
  const note = (warning) => warnings.push(warning.name);
  process.on('warning', note);
  const transport = graphTransport({
    userId: 'app@contoso.example',
    // A secret of our own, which is looked for in every error.
    tenantId: '11111111-1111-4111-8111-111111111111',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecret: 'Abc8Q~canary-canary-canary-canary-canary',
    dispatcher: new SilentDispatcher(),
  });
  const transporter = nodemailer.createTransport(transport);
  const abort = new AbortController();
  const queueing = performance.now();
  const sends = Array.from({ length: messages }, () =>
    transporter
      .sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello', signal: abort.signal })
      .catch(() => undefined),
  );
  await new Promise(setImmediate);
  const queued = performance.now() - queueing;
  const began = performance.now();
  const cpu = process.cpuUsage();
  abort.abort();
  const returned = performance.now() - began;
  await Promise.all(sends);
  const ended = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  process.off('warning', note);
  await transport.close({ force: true });
  return {
    'to queue, ms': Math.round(queued),
    'abort() returns after, ms': Math.round(returned),
    'all have failed after, ms': Math.round(ended),
    'CPU, ms': Math.round((user + system) / 1000),
    warnings: warnings.join() || 'none',
  };
}

console.log('Messages that wait and share one signal, which aborts');
console.table({ 10000: await abortAll(10_000), 40000: await abortAll(40_000) });
