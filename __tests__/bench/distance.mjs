// How fast single mails are sent to a server that is far away, and what goes over the wire for each. Every answer and
// every request is delayed by half of the round trip. Run by `npm run bench:distance`. In the environment: ROUNDS.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { MAILS } from './mails.mjs';
import { SENDERS } from './senders.mjs';

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
/** The mails of each route whose requests and bytes are counted. */
const COUNTED = [
  ['smtp', 'small'],
  ['ses', 'small'],
  ['ours', 'small'],
  ['mime', 'small'],
  ['smtp', '1 MB'],
  ['ses', '1 MB'],
  ['ours', '1 MB'],
  ['mime', '1 MB'],
  ['smtp', '20 MB'],
  ['ours', '20 MB'],
];

const sinks = fork(fileURLToPath(new URL('./sinks.mjs', import.meta.url)));
const [{ graphUrl, smtpPort, slowSmtpPort }] = await once(sinks, 'message');

for (const ms of ROUND_TRIPS_MS) {
  const { addresses } = await farAway(ms);
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

const { addresses, sent } = await farAway(0);
const rows = [];
for (const [way, mail] of COUNTED) {
  const send = await SENDERS[way](addresses, MAILS[mail].mail());
  // The first one also connects and asks for a token.
  await send();
  const before = { ...sent };
  await send();
  const kilobytes = ((sent.bytes - before.bytes) / 1000).toFixed(1);
  const route = way === 'ours' && mail === '20 MB' ? 'draft' : WAYS[way];
  rows.push({ mail, route, 'requests or commands': sent.turns - before.turns, 'KB sent': kilobytes });
}
console.log('\nWhat is sent for one mail, on a connection that is open already');
console.table(rows);
sinks.kill();
process.exit();

/**
 * The servers behind a line with that round trip, and what was sent to them. A client's turn begins when it sends
 * something after an answer.
 */
async function farAway(roundTripMs) {
  const sent = { bytes: 0, turns: 0 };
  const line = async (port) => {
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      let isClientsTurn = false;
      near.on('data', (chunk) => {
        sent.bytes += chunk.length;
        if (!isClientsTurn) sent.turns++;
        isClientsTurn = true;
      });
      far.on('data', () => {
        isClientsTurn = false;
      });
      delay(near, far, roundTripMs / 2);
      delay(far, near, roundTripMs / 2);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
  };
  const graphPort = await line(Number(new URL(graphUrl).port));
  // The token is asked for once, at the address that the metadata of Entra names.
  const addresses = {
    graphUrl: `http://127.0.0.1:${graphPort}`,
    authorityUrl: graphUrl,
    smtpPort: await line(smtpPort),
    slowSmtpPort: await line(slowSmtpPort),
  };
  return { addresses, sent };
}

/** Passes everything on after that time, in order. Timers of the same length keep their order. */
function delay(from, to, ms) {
  from.on('data', (chunk) => (ms > 0 ? setTimeout(() => to.write(chunk), ms) : to.write(chunk)));
  from.on('close', () => setTimeout(() => to.destroy(), ms));
  from.on('error', () => to.destroy());
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
