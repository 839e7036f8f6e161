// Sending through Graph, compared with what it takes at least, with SMTP, and with what one would write by hand.
// Run by `npm run bench`. In the environment: ROUNDS, and MAILS (such as "small,1 MB") for some of the mails;
// a run of all of them draws the plot of the README anew.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { MAILS } from './mails.mjs';
import { plot } from './plot.mjs';
import { countWire } from './wire.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const mails = process.env.MAILS?.split(',') ?? Object.keys(MAILS);

const SENDERS = {
  floor: 'floor: compose at once, post ready bytes',
  streamed: "the same with Nodemailer's stream",
  smtp: 'Nodemailer, SMTP pool',
  ses: 'Nodemailer, SES',
  handwritten: "Microsoft's Graph client, by hand",
  ours: 'nodemailer-graph-transport',
  mime: "the same, with format: 'mime'",
  peer: 'nodemailer-msgraph-transport (1)',
};
const FIGURES = { cpuMs: 'CPU ms', perSecond: 'messages/s', peakMb: 'peak MB' };

const sinks = fork(path('./sinks.mjs'));
const [addresses] = await once(sinks, 'message');
const results = [];
for (const mail of mails) {
  const rows = await compare(mail);
  results.push({ mail, title: MAILS[mail].title, bytes: MAILS[mail].bytes, rows });
  console.log(`\n${MAILS[mail].title}, median of ${ROUNDS} rounds of ${MAILS[mail].count}`);
  console.table(Object.fromEntries(rows.map((row) => [SENDERS[row.name], columns(row)])));
}
console.log('\nWhat is sent for one mail, on a connection that is open already');
console.table(await countWire(addresses, mails));
sinks.kill();
if (mails.includes('small')) {
  console.log(
    '(1) compiles no MIME, and drops attachments, headers and Reply-To: it does less than the floor.',
  );
}
for (const name of ['smtp', 'ours']) reportPerMegabyte(name);
const machine = `${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.versions.node}, Nodemailer ${versionOf('nodemailer')}`;
console.log(machine);
printSummary();
if (mails.length === Object.keys(MAILS).length) {
  writeFileSync(path('../../docs/bench.svg'), plot(results, SENDERS, machine));
}
// The lines over which requests were counted are still open.
process.exit();

/** All senders of one mail, each in a process of its own. They take turns, so that a busy moment hits all. */
async function compare(mail) {
  const senders = [];
  for (const name of Object.keys(SENDERS)) {
    if (name === 'peer' && mail !== 'small') continue;
    // Graph takes no MIME of that size.
    if (name === 'mime' && mail === '20 MB') continue;
    // No collection is forced before a round: it would shrink what V8 has set aside for a busy process.
    const sender = fork(path('./send-rounds.mjs'), [name, mail, JSON.stringify(addresses)]);
    await once(sender, 'message');
    senders.push({ name, sender, rounds: [] });
  }
  // The first two rounds are for the compiler.
  for (let round = -2; round < ROUNDS; round++) {
    for (const { sender, rounds } of senders) {
      sender.send({ count: MAILS[mail].count });
      const [measured] = await once(sender, 'message');
      if (round >= 0) rounds.push(measured);
    }
  }
  for (const { sender } of senders) sender.disconnect();
  const [floor, smtp] = ['floor', 'smtp'].map((wanted) => senders.find(({ name }) => name === wanted));
  return senders.map(({ name, rounds }) => ({
    name,
    figures: Object.fromEntries(
      Object.keys(FIGURES).map((figure) => [
        figure,
        {
          value: median(rounds.map((round) => round[figure])),
          ofSmtp: median(rounds.map((round, n) => round[figure] / smtp.rounds[n][figure])),
          range: rangeOf(rounds.map((round, n) => round[figure] / smtp.rounds[n][figure])),
          ofFloor: median(rounds.map((round, n) => round[figure] / floor.rounds[n][figure])),
        },
      ]),
    ),
  }));
}

function columns({ figures: { cpuMs, perSecond, peakMb } }) {
  return {
    'CPU ms': cpuMs.value.toFixed(2),
    'CPU ÷ SMTP': cpuMs.ofSmtp.toFixed(2),
    'from–to': cpuMs.range,
    'CPU ÷ floor': cpuMs.ofFloor.toFixed(2),
    'messages/s': perSecond.value.toFixed(0),
    '÷ SMTP': perSecond.ofSmtp.toFixed(2),
    'lowest–highest': perSecond.range,
    'peak MB': peakMb.value.toFixed(0),
    'MB ÷ SMTP': peakMb.ofSmtp.toFixed(2),
  };
}

/** The table at the top of docs/speed.md. */
function printSummary() {
  const cell = ({ ofSmtp, range }) => `${ofSmtp.toFixed(2)} (${range})`;
  console.log('\n| | CPU per message | messages per second |\n|---|---|---|');
  for (const { mail, title, rows } of results) {
    const { cpuMs, perSecond } = rows.find(({ name }) => name === 'ours').figures;
    const route = mail === '20 MB' ? ' (a draft)' : '';
    console.log(`| ${title}${route} | ${cell(cpuMs)} | ${cell(perSecond)} |`);
  }
}

function reportPerMegabyte(name) {
  const [one, twenty] = ['1 MB', '20 MB'].map((mail) => {
    const found = results.find((result) => result.mail === mail);
    return (
      found && found.rows.find((row) => row.name === name).figures.cpuMs.value / (found.bytes / 1_000_000)
    );
  });
  if (!one || !twenty) return;
  const ratio = (twenty / one).toFixed(2);
  console.log(
    `${SENDERS[name]}: CPU per MB ${one.toFixed(1)} ms at 1 MB, ${twenty.toFixed(1)} ms at 20 MB, ${ratio} x`,
  );
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

function rangeOf(list) {
  return `${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)}`;
}

function versionOf(name) {
  return createRequire(import.meta.url)(`${name}/package.json`).version;
}

function path(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
