// How fast single mails are sent to a server that is far away, and what goes over the wire for each. Every answer and
// every request is delayed by half of the round trip. Run by `npm run bench:distance`. In the environment: ROUNDS.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MAILS } from './mails.mjs';
import { SENDERS } from './senders.mjs';
import { countWire, farAway } from './wire.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const ROUND_TRIPS_MS = [20, 50];
const MAILS_PER_ROUND = 20;
const WAYS = {
  smtp: 'Nodemailer, SMTP pool',
  slowSmtp: 'the same, without PIPELINING',
  ses: 'Nodemailer, SES',
  ours: 'JSON',
  mime: 'MIME',
};
/** Sends the small mail in one of these ways. */
const senderOf = (way, addresses) =>
  way === 'slowSmtp'
    ? SENDERS.smtp({ ...addresses, smtpPort: addresses.slowSmtpPort }, MAILS.small.mail())
    : SENDERS[way](addresses, MAILS.small.mail());

const sinks = fork(fileURLToPath(new URL('./sinks.mjs', import.meta.url)));
const [servers] = await once(sinks, 'message');

for (const ms of ROUND_TRIPS_MS) {
  const { addresses } = await farAway(servers, ms);
  const rounds = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  const sends = {};
  for (const way of Object.keys(WAYS)) sends[way] = await senderOf(way, addresses);
  for (let round = -1; round < ROUNDS; round++) {
    for (const way of Object.keys(WAYS)) {
      const startedAt = performance.now();
      for (let n = 0; n < MAILS_PER_ROUND; n++) await sends[way]();
      const perSecond = (MAILS_PER_ROUND * 1000) / (performance.now() - startedAt);
      if (round >= 0) rounds[way].push(perSecond);
    }
  }
  console.log(`\nOne mail after another at a round trip of ${ms} ms, ${ROUNDS} rounds of ${MAILS_PER_ROUND}`);
  console.table(
    Object.fromEntries(
      Object.entries(rounds).map(([way, speeds]) => {
        const ratiosTo = (base) =>
          speeds.map((speed, n) => speed / rounds[base][n]).toSorted((a, b) => a - b);
        const ratios = ratiosTo('smtp');
        const slow = ratiosTo('slowSmtp');
        const columns = {
          'messages/s': median(speeds).toFixed(1),
          '÷ SMTP': median(ratios).toFixed(2),
          'from–to': `${ratios[0].toFixed(2)}–${ratios.at(-1).toFixed(2)}`,
          '÷ SMTP without PIPELINING': median(slow).toFixed(2),
          'from – to': `${slow[0].toFixed(2)}–${slow.at(-1).toFixed(2)}`,
        };
        return [WAYS[way], columns];
      }),
    ),
  );
}

console.log('\nWhat is sent for one mail, on a connection that is open already');
console.table(await countWire(servers));
sinks.kill();
process.exit();

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
