// Thousands of messages over three mailboxes, while one request in ten meets a fault at random: at most once from one
// process, and exactly once from three processes that all send every message. Then eight times as many, with worse
// faults, in an app that does all it can wrong: heap, descriptors, listeners and timers are where they were. Run by
// `npm run bench:soak [-- messages [seed]]`, the second part alone by `npm run bench:soak -- leaks [messages [seed]]`;
// the sandbox and the senders run in processes of their own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import { randomFaults } from '../support/random-faults.cjs';

const FAULT_RATE = 0.1;
const MAILBOXES = ['app', 'sales', 'ceo'].map((name) => `${name}@contoso.example`);
/** Graph serves a mailbox four requests at once: all of them from one process, or one each of three. */
const RUNS = [
  { delivery: 'at-most-once', processes: 1, maxConnections: 4 },
  { delivery: 'exactly-once', processes: 3, maxConnections: 1 },
];
/** How often a message is given up by its sender, as a queue would. */
const MOST_TRIES = 20;

/** Messages with faults, for each that is counted. */
const FAULTY = 8;

const [, , first = '5000', second, third] = process.argv;

if (first === 'sandbox') await serve(Number(second), third === 'leaks');
else if (first === 'sender') process.once('message', async (job) => process.send(await sendAll(job)));
else if (first === 'leaks') process.exitCode = (await leaks(Number(second ?? 40_000), third ?? '1')) ? 1 : 0;
else {
  const seed = second ?? '1';
  for (const run of RUNS) {
    const outcome = await soak(run, Number(first), seed);
    report(run, Number(first), seed, outcome);
    const { duplicated, lost, wrong, concurrency } = outcome;
    const tooMany = Object.values(concurrency).some((most) => most > 4);
    const unsent = run.delivery === 'exactly-once' && outcome.delivered < Number(first);
    if (duplicated > 0 || lost > 0 || wrong > 0 || unsent || tooMany) process.exitCode = 1;
  }
  if (await leaks(FAULTY * Number(first), seed)) process.exitCode = 1;
}

async function serve(seed, isForLeaks) {
  const { startSandbox } = await import('nodemailer-graph-transport/sandbox');
  const { MAILBOXES } = await import('./careless-app.mjs');
  const sandbox = await startSandbox(isForLeaks ? { mailboxes: MAILBOXES } : { latency: 2 });
  const faults = randomFaults(seed, FAULT_RATE);
  sandbox.failWith(faults);
  process.on('message', (asked) => {
    if (asked === 'clear') {
      sandbox.clear();
      sandbox.failWith(faults);
      return;
    }
    const delivered = sandbox.messages.map(({ internetMessageId }) => internetMessageId);
    process.send({ delivered, drafts: sandbox.drafts.length, concurrency: sandbox.concurrency });
  });
  process.send(sandbox.options);
}

/** Sends the messages of a job and says what it was told of each. */
async function sendAll({ options, delivery, maxConnections, count }) {
  const transport = graphTransport({
    ...options,
    delivery,
    maxConnections,
    userId: ({ from }) => from.address,
    retry: { attempts: 8, maxDelay: 50 },
    socketTimeout: 1000,
  });
  const transporter = nodemailer.createTransport(transport);
  const told = [];
  const send = async (n) => {
    const mail = {
      messageId: `<soak-${n}@contoso.example>`,
      from: MAILBOXES[n % MAILBOXES.length],
      to: 'ann@example.com',
      subject: `${n}`,
      text: 'x'.repeat(500),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await transporter.sendMail(mail);
        told.push([mail.messageId, 'sent']);
        return;
      } catch (error) {
        if (error.name !== 'GraphTransportError') throw error;
        // Exactly once, a queue sends again what it is not sure of.
        if (delivery === 'exactly-once' && attempt < MOST_TRIES) continue;
        told.push([mail.messageId, error.ambiguous ? 'ambiguous' : 'not sent']);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: count }, (_, n) => send(n)));
  transport.close();
  return told;
}

/** Compares what the senders were told with what arrived. */
async function soak({ delivery, processes, maxConnections }, count, seed) {
  const self = fileURLToPath(import.meta.url);
  const sandbox = fork(self, ['sandbox', seed]);
  const [options] = await once(sandbox, 'message');
  const startedAt = performance.now();
  const told = await Promise.all(
    Array.from({ length: processes }, async () => {
      const sender = fork(self, ['sender']);
      sender.send({ options, delivery, maxConnections, count });
      const [said] = await once(sender, 'message');
      sender.kill();
      return said;
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  sandbox.send('report');
  const [{ delivered, drafts, concurrency }] = await once(sandbox, 'message');
  sandbox.kill();

  const arrived = new Set(delivered);
  const withFate = (fate) =>
    told
      .flat()
      .filter(([, outcome]) => outcome === fate)
      .map(([id]) => id);
  // Of three processes one may say that it sent nothing, while another one did.
  const isWrong = (id) => processes === 1 && arrived.has(id);
  return {
    seconds,
    drafts,
    concurrency,
    delivered: arrived.size,
    duplicated: delivered.length - arrived.size,
    // Told to be sent, and never arrived; or told not to be sent, and arrived all the same.
    lost: withFate('sent').filter((id) => !arrived.has(id)).length,
    wrong: withFate('not sent').filter(isWrong).length,
    failed: withFate('not sent').length,
    ambiguous: withFate('ambiguous').length,
    ambiguousDelivered: withFate('ambiguous').filter((id) => arrived.has(id)).length,
  };
}

/** Whether a process holds more than it did, after so many sends with faults. */
async function leaks(count, seed) {
  const self = fileURLToPath(import.meta.url);
  const sandbox = fork(self, ['sandbox', seed, 'leaks']);
  const [options] = await once(sandbox, 'message');
  const TMPDIR = mkdtempSync(join(tmpdir(), 'soak-'));
  const sender = fork(join(self, '../faulty-sends.mjs'), {
    execArgv: ['--expose-gc'],
    env: { ...process.env, TMPDIR },
  });
  sender.send({ options, count, seed: Number(seed) });
  let said;
  sender.on('message', (message) => {
    said = message;
    // It searches all that it keeps.
    if (message === 'wave over') sandbox.send('clear');
  });
  const [code] = await once(sender, 'exit');
  sandbox.kill();
  rmSync(TMPDIR, { recursive: true });
  return code !== 0 || (said?.isLeaking ?? true);
}

function report({ delivery, processes }, count, seed, outcome) {
  const { seconds, delivered, duplicated, lost, wrong, failed, ambiguous, ambiguousDelivered } = outcome;
  const most = Object.entries(outcome.concurrency).map(([mailbox, requests]) => `${mailbox} ${requests}`);
  const senders = processes === 1 ? 'one process' : `${processes} processes, each of which sends all`;
  console.log(`${delivery}: ${count} messages, ${senders}, seed ${seed}, ${seconds.toFixed(1)} s
  delivered ${delivered}, duplicated ${duplicated}, lost ${lost}, delivered though reported unsent ${wrong}
  errors: ${failed} certainly not sent, ${ambiguous} ambiguous (of which ${ambiguousDelivered} were delivered); drafts left ${outcome.drafts}
  most requests at once: ${most.join(', ')}`);
}
