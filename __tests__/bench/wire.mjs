// A line between the senders and the servers, which may be long, and what passes over it.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { MAILS } from './mails.mjs';
import { SENDERS } from './senders.mjs';

const ROUTES = { smtp: 'Nodemailer, SMTP pool', ses: 'Nodemailer, SES', ours: 'JSON', mime: 'MIME' };
/** The mails of each route whose requests and bytes are counted. */
const COUNTED = Object.keys(MAILS).flatMap((mail) =>
  Object.keys(ROUTES)
    // Graph takes no MIME of that size, and SES no message.
    .filter((way) => mail !== '20 MB' || way === 'smtp' || way === 'ours')
    .map((way) => [way, mail]),
);

/** The requests and bytes of one mail on each route, once the connection is open. */
export async function countWire(servers, mails = Object.keys(MAILS)) {
  const { addresses, sent } = await farAway(servers, 0);
  const rows = [];
  for (const [way, mail] of COUNTED.filter(([, name]) => mails.includes(name))) {
    const send = await SENDERS[way](addresses, MAILS[mail].mail());
    // The first one also connects and asks for a token.
    await send();
    const before = { ...sent };
    await send();
    const kilobytes = ((sent.bytes - before.bytes) / 1000).toFixed(1);
    const route = way === 'ours' && mail === '20 MB' ? 'draft' : ROUTES[way];
    rows.push({ mail, route, 'requests or commands': sent.turns - before.turns, 'KB sent': kilobytes });
  }
  return rows;
}

/**
 * The servers behind a line with that round trip, and what was sent to them. A client's turn begins when it sends
 * something after an answer.
 */
export async function farAway({ graphUrl, smtpPort, slowSmtpPort }, roundTripMs) {
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
