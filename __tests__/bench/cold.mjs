// What the first mail of a process costs: the CPU time of the whole process, Node's own start included. Every mail has a
// new process, and the ways take turns. Run by `npm run bench:cold`. In the environment: ROUNDS, and NODES, the paths of
// other versions of Node, separated by commas.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const NODES = process.env.NODES?.split(',') ?? [process.execPath];
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const { bin } = createRequire(import.meta.url)('../../package.json');

const sinks = fork(path('./sinks.mjs'));
const [addresses] = await once(sinks, 'message');

const mail = path('./cold-mail.cjs');
const mailBy = (way) => [mail, way, JSON.stringify(addresses)];
const command = path(`../../${bin['nodemailer-graph-transport']}`);
const WAYS = {
  smtp: { title: 'Nodemailer, SMTP', args: mailBy('smtp') },
  secret: { title: 'this package, client secret', args: mailBy('secret') },
  secretUntuned: { title: 'the same, tuneV8: false', args: mailBy('secretUntuned') },
  credential: { title: 'this package, own credential', args: mailBy('credential') },
  credentialUntuned: { title: 'the same credential, tuneV8: false', args: mailBy('credentialUntuned') },
  cli: {
    title: 'this package, the send command',
    args: ['--require', mail, command, 'send', '--to', 'ann@example.com', '--subject', 'Hi', '--text', 'Hi'],
  },
  ses: { title: 'Nodemailer, SES', args: mailBy('ses') },
};

const env = {
  ...process.env,
  AZURE_TENANT_ID: '11111111-2222-3333-4444-555555555555',
  AZURE_CLIENT_ID: '66666666-7777-8888-9999-000000000000',
  AZURE_CLIENT_SECRET: 'bench-secret',
  AZURE_AUTHORITY_HOST: addresses.graphUrl,
  GRAPH_ENDPOINT: addresses.graphUrl,
  GRAPH_USER_ID: 'app@contoso.example',
};

function cpuMs(node, { title, args }) {
  const { status, output } = spawnSync(node, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  if (status !== 0) throw new Error(`${title} failed: ${output[2]}`);
  return Number(output[3]);
}

for (const node of NODES) {
  const costs = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [way, how] of Object.entries(WAYS)) {
      const ms = cpuMs(node, how);
      if (round >= 0) costs[way].push(ms);
    }
  }
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`\nThe first mail of a process, Node ${version}, ${ROUNDS} rounds`);
  const rows = Object.entries(costs).map(([way, list]) => {
    const ratios = list.map((ms, round) => ms / costs.smtp[round]).sort((a, b) => a - b);
    return [
      WAYS[way].title,
      {
        'CPU ms': median(list).toFixed(0),
        '÷ SMTP': median(ratios).toFixed(2),
        'from–to': `${ratios[0].toFixed(2)}–${ratios.at(-1).toFixed(2)}`,
      },
    ];
  });
  console.table(Object.fromEntries(rows));
}
sinks.kill();

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
