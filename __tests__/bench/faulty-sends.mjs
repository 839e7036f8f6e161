// Sends messages by every route to a sandbox in another process that answers at random with faults, while the app does
// its worst: signals that abort, transports that are closed in the midst, userId functions, loggers and listeners that
// throw. Then all is to be where it was before. Run by bench:soak, which forks this with --expose-gc.
import nodemailer from 'nodemailer';
import { Agent } from 'undici';
import { seeded } from '../support/random-faults.cjs';
import { MAILBOXES_OF, makeMail, makeTransports, SHARES } from './careless-app.mjs';
import { compareResources, HEAP_TOLERANCE, memoryOf, resources } from './resources.mjs';

/** Messages that are sent, and end, before the next ones. */
const WAVE = 4000;
/** Messages before the first look at the heap. */
const WARM_UP = 4000;

process.once('message', async ({ options, count, seed }) => {
  const random = seeded(seed);
  const chance = (share) => random() < share;
  const shared = {
    signal: new AbortController().signal,
    dispatcher: new Agent({ keepAliveTimeout: 100, keepAliveMaxTimeout: 100, connections: 32 }),
    weak: [],
  };
  const warnings = [];
  process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
  const outcomes = {};
  let number = 0;

  const wave = async (messages) => {
    const transports = makeTransports(options, shared, chance);
    shared.weak.push(...transports.map((transport) => new WeakRef(transport)));
    const transporters = transports.map((transport) => nodemailer.createTransport(transport));
    const sends = Array.from({ length: messages }, async () => {
      const one = SHARES.findIndex((share) => random() < share);
      const transporter = transporters[one];
      const { mail, stop } = makeMail(++number, MAILBOXES_OF[one], shared.signal, random);
      try {
        const { route, deduplicated } = await transporter.sendMail(mail);
        return `sent as ${deduplicated ? 'before' : route}`;
      } catch (error) {
        return error.name === 'GraphTransportError' ? `${error.code}${fateOf(error)}` : `${error}`;
      } finally {
        stop();
      }
    });
    // One is closed while its messages wait, and one while they are under way.
    const closing = [
      after(1000 + 5000 * random(), () => transports[0].close()),
      after(1000 + 5000 * random(), () => transports[1].close({ force: true })),
    ];
    for (const outcome of await Promise.all(sends)) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    await Promise.all(closing);
    await Promise.all(transports.map((transport) => transport.drain().then(() => transport.close())));
    const pending = transports.reduce((sum, transport) => sum + transport.pendingCount(), 0);
    if (pending > 0) throw new Error(`${pending} messages are pending that have ended`);
    process.send('wave over');
  };

  const waves = async (messages) => {
    for (let left = messages; left > 0; left -= WAVE) await wave(Math.min(WAVE, left));
  };
  // Code that is loaded and compiled stays in memory; all else is to be as it was before the first message.
  const cold = await resources(shared);
  await waves(Math.min(count, WARM_UP));
  const before = { ...cold, ...memoryOf(await resources(shared)) };
  for (const outcome of Object.keys(outcomes)) delete outcomes[outcome];
  const startedAt = performance.now();
  await waves(count);
  const seconds = (performance.now() - startedAt) / 1000;
  const afterwards = await resources(shared);
  console.log(`Faulty sends: ${count} messages, seed ${seed}, ${seconds.toFixed(0)} s`);
  console.table(outcomes);
  const grown = compareResources(before, afterwards);
  const tolerance = `the heap within ${HEAP_TOLERANCE / 1e6} MB, all else exactly`;
  const verdict = grown.length === 0 ? `All is where it was: ${tolerance}.` : `GROWN: ${grown.join(', ')}`;
  console.log(`${verdict} Warnings: ${warnings.join('; ') || 'none'}`);
  await shared.dispatcher.close();
  process.send({ isLeaking: grown.length > 0 || warnings.length > 0 });
  process.disconnect();
});

function fateOf({ ambiguous, retryable }) {
  if (ambiguous) return ', may have been sent';
  return retryable ? ', to be sent again' : '';
}

async function after(ms, act) {
  await new Promise((done) => setTimeout(done, ms));
  await act();
}
