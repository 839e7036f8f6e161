// The senders of the benchmark in one process, as in an app that does other things too: they share its heap, its
// collector and its compiled code, and send one after another in small portions. Run by `npm run bench:one-process`. In
// the environment: ROUNDS, MAILS (such as "small,1 MB"), WAYS and COUNT.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MAILS } from './mails.mjs';
import { SENDERS } from './senders.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const AT_ONCE = 4;
/** How many mails one sender sends before it is the turn of the next. */
const PORTION = 20;
const mails = process.env.MAILS?.split(',') ?? ['small', 'pictures', '1 MB'];
const ways = process.env.WAYS?.split(',') ?? ['smtp', 'floor', 'streamed', 'ses', 'ours', 'mime'];
const COUNTS = { small: 1200, pictures: 200, '1 MB': 60 };

const sinks = fork(fileURLToPath(new URL('./sinks.mjs', import.meta.url)));
const [addresses] = await once(sinks, 'message');

/** The table of docs/speed.md. */
const lines = [];
for (const mail of mails) {
  const count = Number(process.env.COUNT ?? COUNTS[mail]);
  const senders = [];
  for (const name of ways) {
    senders.push({ name, send: await SENDERS[name](addresses, MAILS[mail].mail()), rounds: [] });
  }
  for (let round = -1; round < ROUNDS; round++) {
    const costs = new Map(ways.map((name) => [name, { cpuMs: 0, ms: 0 }]));
    for (let left = count; left > 0; left -= PORTION) {
      for (const { name, send } of senders) await measure(costs.get(name), send, Math.min(PORTION, left));
    }
    if (round >= 0) for (const { name, rounds } of senders) rounds.push(costs.get(name));
  }
  const smtp = senders.find(({ name }) => name === 'smtp').rounds;
  console.log(`\n${MAILS[mail].title}, all in one process, ${ROUNDS} rounds of ${count}`);
  const rows = senders.map((sender) => [sender.name, row(sender, smtp, count)]);
  console.table(Object.fromEntries(rows));
  const cells = rows.slice(1).map(([, cell]) => `${cell['CPU ÷ SMTP']} (${cell['from–to']})`);
  lines.push(`| ${MAILS[mail].title} | ${cells.join(' | ')} |`);
}
sinks.kill();
console.log(`\n| CPU per message | ${ways.slice(1).join(' | ')} |\n|---${'|---'.repeat(ways.length - 1)}|`);
for (const line of lines) console.log(line);
process.exit();

async function measure(cost, send, count) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let left = count;
  const worker = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(cpu);
  cost.cpuMs += (user + system) / 1000;
  cost.ms += performance.now() - startedAt;
}

function row({ rounds }, smtp, count) {
  const ratios = rounds.map(({ cpuMs }, n) => cpuMs / smtp[n].cpuMs).sort((a, b) => a - b);
  const speeds = rounds.map(({ ms }, n) => smtp[n].ms / ms);
  return {
    'CPU ms': (median(rounds.map(({ cpuMs }) => cpuMs)) / count).toFixed(3),
    'CPU ÷ SMTP': median(ratios).toFixed(2),
    'from–to': `${ratios[0].toFixed(2)}–${ratios.at(-1).toFixed(2)}`,
    'messages/s ÷ SMTP': median(speeds).toFixed(2),
  };
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
