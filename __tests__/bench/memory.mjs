// Peak memory of sending one attachment, over that of the idle process, and whether it arrived whole.
// Run by `npm run bench:memory`. Every send has a process of its own, and the sandbox another one, so that
// nothing but the sender's first large message is measured.
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';

const SIZES_MB = [1, 10, 35, 100];
const SOURCES = {
  file: (path) => ({ path }),
  stream: (path) => ({ content: createReadStream(path) }),
  Buffer: (path) => ({ content: readFileSync(path) }),
};
const RUNS = Number(process.env.RUNS ?? 5);
const MB = 1_000_000;

const [, self, role, ...rest] = process.argv;
if (role === 'sandbox') await runSandbox();
else if (role === 'sender') await sendOne(JSON.parse(rest[0]), rest[1], rest[2]);
else await measureAll();

async function runSandbox() {
  const { startSandbox } = await import('nodemailer-graph-transport/sandbox');
  const sandbox = await startSandbox({
    keepContent: 'hash',
    limits: { messageBytes: 150_000_000 },
  });
  process.send(sandbox.options);
  process.on('message', () => {
    const { sha256, content } = sandbox.messages.at(-1).attachments[0];
    process.send(sha256 ?? createHash('sha256').update(content).digest('hex'));
    sandbox.clear();
  });
}

async function sendOne(options, source, path) {
  // The app's own Buffer is there before anything is sent, and counts as idle.
  const large = { filename: 'plans.zip', ...SOURCES[source](path) };
  // So V8 optimises undici's parser with the small message, not in the middle of the large one.
  const transporter = nodemailer.createTransport(graphTransport({ ...options, tuneV8: false }));
  // What is loaded with the first message is no part of what a large one costs.
  const small = { filename: 'note.txt', content: 'Hello' };
  await transporter.sendMail({ to: 'ann@example.com', text: 'Hello', attachments: [small] });
  await quiet();
  global.gc();
  const memory = watchPeak();
  const { route } = await transporter.sendMail({
    to: 'ann@example.com',
    text: 'The plans',
    attachments: [large],
  });
  process.send({ route, ...memory() });
  transporter.close();
  process.disconnect();
}

/** V8 goes on compiling after the first message, undici's parser above all, which takes 30 MB for a moment. */
async function quiet() {
  for (let busy = true; busy; ) {
    const before = process.cpuUsage();
    await setTimeout(600);
    const { user, system } = process.cpuUsage(before);
    busy = user + system > 10_000;
  }
}

/** Linux itself keeps the peak of a process, and can be told to start anew; elsewhere it is asked for often. */
function watchPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    const idle = fromStatus('VmRSS');
    return () => ({ idle, peak: fromStatus('VmHWM') });
  } catch {
    const idle = process.memoryUsage.rss();
    let peak = idle;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 5);
    return () => {
      clearInterval(timer);
      return { idle, peak };
    };
  }
}

function fromStatus(name) {
  const [, kilobytes] = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(
    readFileSync('/proc/self/status', 'utf8'),
  );
  return Number(kilobytes) * 1024;
}

async function measureAll() {
  const sandbox = fork(self, ['sandbox']);
  const [options] = await once(sandbox, 'message');
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  console.log(`Peak resident memory over idle in MB: median of ${RUNS} (lowest - highest)`);
  for (const size of SIZES_MB) {
    const path = join(folder, `${size}.bin`);
    const sent = await writeRandom(path, size);
    for (const source of Object.keys(SOURCES)) {
      const runs = [];
      for (let run = 0; run < RUNS; run++) {
        const sender = fork(self, ['sender', JSON.stringify(options), source, path], {
          execArgv: ['--expose-gc'],
        });
        const [measured] = await once(sender, 'message');
        sandbox.send('arrived?');
        const [arrived] = await once(sandbox, 'message');
        runs.push({ ...measured, arrived });
      }
      report(`${size} MB ${source}`, runs, sent);
    }
    await rm(path);
  }
  await rm(folder, { recursive: true });
  sandbox.kill();
}

async function writeRandom(path, size) {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let n = 0; n < size; n++) {
    const bytes = randomBytes(MB);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest('hex');
}

function report(name, runs, sent) {
  // What V8's compiling has left behind differs by 10 MB from run to run: the lowest idle flatters nobody.
  const idle = Math.min(...runs.map((run) => run.idle));
  const over = spread(runs.map(({ peak }) => peak - idle));
  console.log(`${name} (${runs[0].route}): ${over} over the idle ${(idle / MB).toFixed(1)}`);
  console.log(`  sent    ${sent}`);
  for (const arrived of new Set(runs.map((run) => run.arrived))) console.log(`  arrived ${arrived}`);
  if (runs.some(({ arrived }) => arrived !== sent)) {
    console.error('  Not what was sent.');
    process.exitCode = 1;
  }
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b).map((bytes) => (bytes / MB).toFixed(1));
  return `${sorted[sorted.length >> 1]} (${sorted[0]} - ${sorted.at(-1)})`;
}
