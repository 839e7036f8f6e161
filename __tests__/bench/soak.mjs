// Thousands of messages over three mailboxes, while one request in ten meets a fault at random. Run by
// `npm run bench:soak [-- messages [seed]]`; the sandbox runs in a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import { randomFaults } from '../support/random-faults.mjs';

const FAULT_RATE = 0.1;
const MAILBOXES = ['app', 'sales', 'ceo'].map((name) => `${name}@contoso.example`);

const [, , first = '5000', second = '1'] = process.argv;

if (first === 'sandbox') {
  const { startSandbox } = await import('nodemailer-graph-transport/sandbox');
  const sandbox = await startSandbox({ latency: 2 });
  sandbox.failWith(randomFaults(Number(second), FAULT_RATE));
  process.on('message', () => {
    const delivered = sandbox.messages.map(({ internetMessageId }) => internetMessageId);
    process.send({ delivered, drafts: sandbox.drafts.length, concurrency: sandbox.concurrency });
  });
  process.send(sandbox.options);
} else {
  const count = Number(first);
  for (const delivery of ['at-most-once', 'exactly-once']) {
    const outcome = await soak(delivery, count, second);
    report(delivery, count, second, outcome);
    const { duplicated, lost, concurrency } = outcome;
    const tooMany = Object.values(concurrency).some((most) => most > 4);
    if (duplicated > 0 || lost > 0 || tooMany) process.exitCode = 1;
  }
}

/** Sends the messages and compares what the senders were told with what arrived. */
async function soak(delivery, count, seed) {
  const sandbox = fork(fileURLToPath(import.meta.url), ['sandbox', seed]);
  const [options] = await once(sandbox, 'message');
  const transport = graphTransport({
    ...options,
    delivery,
    userId: ({ from }) => from.address,
    retry: { attempts: 8, maxDelay: 50 },
    socketTimeout: 1000,
  });
  const transporter = nodemailer.createTransport(transport);
  const told = new Map();
  const startedAt = performance.now();
  const send = async (n) => {
    const messageId = `<soak-${n}@contoso.example>`;
    const from = MAILBOXES[n % MAILBOXES.length];
    try {
      await transporter.sendMail({
        messageId,
        from,
        to: 'ann@example.com',
        subject: `${n}`,
        text: 'x'.repeat(500),
      });
      told.set(messageId, 'sent');
    } catch (error) {
      if (error.name !== 'GraphTransportError') throw error;
      told.set(messageId, error.ambiguous ? 'ambiguous' : 'not sent');
    }
  };
  await Promise.all(Array.from({ length: count }, (_, n) => send(n)));
  const seconds = (performance.now() - startedAt) / 1000;
  transport.close();
  sandbox.send('report');
  const [{ delivered, drafts, concurrency }] = await once(sandbox, 'message');
  sandbox.kill();

  const arrived = new Set(delivered);
  const withFate = (fate) => [...told].filter(([, outcome]) => outcome === fate).map(([id]) => id);
  return {
    seconds,
    drafts,
    concurrency,
    delivered: arrived.size,
    duplicated: delivered.length - arrived.size,
    // Told to be sent, and never arrived; or told not to be sent, and arrived all the same.
    lost: withFate('sent').filter((id) => !arrived.has(id)).length,
    wrong: withFate('not sent').filter((id) => arrived.has(id)).length,
    failed: withFate('not sent').length,
    ambiguous: withFate('ambiguous').length,
    ambiguousDelivered: withFate('ambiguous').filter((id) => arrived.has(id)).length,
  };
}

function report(delivery, count, seed, outcome) {
  const { seconds, delivered, duplicated, lost, wrong, failed, ambiguous, ambiguousDelivered } = outcome;
  const most = Object.entries(outcome.concurrency).map(([mailbox, requests]) => `${mailbox} ${requests}`);
  console.log(`${delivery}: ${count} messages, seed ${seed}, ${seconds.toFixed(1)} s
  sent ${count}, delivered ${delivered}, duplicated ${duplicated}, lost ${lost}, delivered though reported unsent ${wrong}
  errors: ${failed} certainly not sent, ${ambiguous} ambiguous (of which ${ambiguousDelivered} were delivered); drafts left ${outcome.drafts}
  most requests at once: ${most.join(', ')}`);
}
