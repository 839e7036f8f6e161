// Sends messages by every route to a sandbox in another process that answers at random with faults, while the app does
// its worst: signals that abort, transports that are closed in the midst, userId functions, loggers and listeners that
// throw. Then all is to be where it was before. Run by bench:soak, which forks this with --expose-gc.
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import { Agent } from 'undici';
import { seeded } from '../support/random-faults.mjs';
import { compareResources, HEAP_TOLERANCE, resources } from './resources.mjs';

/** Each transport has some to itself: Graph serves a mailbox four requests at once. */
const MAILBOXES_OF = [4, 1, 4, 4, 1].map((count, transport) =>
  Array.from({ length: count }, (_, n) => `box${transport}-${n}@contoso.example`),
);
/** For the sandbox, as it takes them. */
export const MAILBOXES = MAILBOXES_OF.flat().map((userPrincipalName, n) => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  userPrincipalName,
  displayName: userPrincipalName,
}));
/** Messages that are sent, and end, before the next ones. */
const WAVE = 4000;
/** Messages before the first look: code is loaded and compiled. */
const WARM_UP = 4000;
const FILE = Buffer.alloc(3_100_000, 'x');
/** Of the transports below: how likely it is that a message goes by one, where it went by none before. */
const SHARES = [0.1, 0.05, 0.5, 0.75, 1];

/** Ends what would never end. */
const TIMEOUT_MS = 3000;

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
  };

  const waves = async (messages) => {
    for (let left = messages; left > 0; left -= WAVE) await wave(Math.min(WAVE, left));
  };
  await waves(Math.min(count, WARM_UP));
  const before = await resources(shared);
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

/** Transports as apps have them, good and bad. */
function makeTransports(options, { dispatcher }, chance) {
  const base = {
    ...options,
    retry: { attempts: 4, maxDelay: 20 },
    connectionTimeout: 500,
    socketTimeout: 250,
    timeout: TIMEOUT_MS,
  };
  const broken = () => {
    if (chance(0.2)) throw new Error('The log is full.');
    return chance(0.2) ? Promise.reject(new Error('The log is gone.')) : undefined;
  };
  const logger = { trace: broken, debug: broken, info: broken, warn: broken, error: broken, fatal: broken };
  const byFrom = ({ from }) => from.address;
  const userId = ({ from }) => {
    if (chance(0.05)) throw new Error('The directory is down.');
    if (chance(0.05)) return Promise.reject(new Error('No such sender.'));
    // Never answers: a signal, the timeout or close() ends it.
    return chance(0.02) ? new Promise(() => {}) : byFrom({ from });
  };
  const made = [
    graphTransport({ ...base, userId }),
    graphTransport({ ...base, userId: MAILBOXES_OF[1][0], maxConnections: 2 }),
    graphTransport({ ...base, userId, timeout: 1500, logger, debug: true, dispatcher }),
    graphTransport({ ...base, userId: byFrom, delivery: 'exactly-once', searchLag: 0, dispatcher }),
    graphTransport({ ...base, userId: MAILBOXES_OF[4][0], maxQueue: 150, logger }),
  ];
  for (const transport of made.slice(2)) {
    transport.on('progress', () => {
      throw new Error('The bar is broken.');
    });
    transport.on('idle', () => {
      throw new Error('Nobody is idle.');
    });
  }
  return made;
}

/** Most are small; some go as MIME, by a draft, or exactly once, and some are given up after a moment. */
function makeMail(number, mailboxes, sharedSignal, random) {
  const kind = random();
  const ownAbort = random() < 0.1 ? new AbortController() : undefined;
  const timer = ownAbort && setTimeout(() => ownAbort.abort(), 6000 * random());
  const mail = {
    // One in a hundred is sent a second time.
    messageId: `<faulty-${random() < 0.01 ? number - 1 : number}@contoso.example>`,
    from: mailboxes[number % mailboxes.length],
    to: 'ann@example.com',
    subject: `${number}`,
    text: 'x'.repeat(500),
    signal: ownAbort?.signal ?? sharedSignal,
    ...(kind < 0.1 && { icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' } }),
    ...(kind > 0.1 && kind < 0.2 && { graph: { delivery: 'exactly-once' } }),
    ...(kind > 0.2 && kind < 0.205 && { attachments: [{ filename: 'plan.bin', content: FILE }] }),
    ...(kind > 0.3 && kind < 0.31 && { to: 'not an address' }),
  };
  return { mail, stop: () => clearTimeout(timer) };
}

function fateOf({ ambiguous, retryable }) {
  if (ambiguous) return ', may have been sent';
  return retryable ? ', to be sent again' : '';
}

async function after(ms, act) {
  await new Promise((done) => setTimeout(done, ms));
  await act();
}
