// An app that does all it can wrong: signals that abort, userId functions, loggers and listeners that throw, reject or
// never answer, messages that nothing can be done with.
import { graphTransport } from 'nodemailer-graph-transport';

/** Each transport has some to itself: Graph serves a mailbox four requests at once. */
export const MAILBOXES_OF = [4, 1, 4, 4, 1].map((count, transport) =>
  Array.from({ length: count }, (_, n) => `box${transport}-${n}@contoso.example`),
);
/** For the sandbox, as it takes them. */
export const MAILBOXES = MAILBOXES_OF.flat().map((userPrincipalName, n) => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  userPrincipalName,
  displayName: userPrincipalName,
}));
const FILE = Buffer.alloc(3_100_000, 'x');
/** Of the transports below: how likely it is that a message goes by one, where it went by none before. */
export const SHARES = [0.1, 0.05, 0.5, 0.75, 1];

/** Ends what would never end. */
const TIMEOUT_MS = 3000;

/** Transports as apps have them, good and bad. */
export function makeTransports(options, { dispatcher }, chance) {
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
export function makeMail(number, mailboxes, sharedSignal, random) {
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
