// Peak memory of sending one large attachment from a file, over that of the idle process.
// Run by `npm run bench:memory`; the sandbox runs in a process of its own, so that only the sender is measured.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';

const SIZES_MB = [10, 100];
const [, self, role, ...rest] = process.argv;

if (role === 'sandbox') {
  const { startSandbox } = await import('nodemailer-graph-transport/sandbox');
  const sandbox = await startSandbox({ keepContent: 'hash' });
  process.send(sandbox.options);
} else if (role === 'sender') {
  const [options, path] = rest;
  const transporter = nodemailer.createTransport(graphTransport(JSON.parse(options)));
  // What is loaded and warmed up once is no part of what a message costs.
  const warmUp = { to: 'ann@example.com', attachments: [{ content: Buffer.alloc(1_000_000) }] };
  for (let n = 0; n < 5; n++) await transporter.sendMail(warmUp);
  global.gc();
  const idle = process.memoryUsage().rss;
  let peak = idle;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const { route } = await transporter.sendMail({
    to: 'ann@example.com',
    text: 'The plans',
    attachments: [{ filename: 'plans.zip', content: createReadStream(path) }],
  });
  clearInterval(timer);
  transporter.close();
  process.send({ route, idle, peak });
} else {
  const sandbox = fork(self, ['sandbox']);
  const [options] = await once(sandbox, 'message');
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  for (const size of SIZES_MB) {
    const path = join(folder, `${size}.bin`);
    const file = await open(path, 'w');
    for (let n = 0; n < size; n++) await file.write(Buffer.alloc(1_000_000, n));
    await file.close();
    const sender = fork(fileURLToPath(import.meta.url), ['sender', JSON.stringify(options), path], {
      execArgv: ['--expose-gc'],
    });
    const started = performance.now();
    const [{ route, idle, peak }] = await once(sender, 'message');
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const [from, to, over] = [idle, peak, peak - idle].map((bytes) => (bytes / 1e6).toFixed(0));
    console.log(`${size} MB by ${route}: peak ${to} MB, ${over} MB over the idle ${from} MB, ${seconds} s`);
    sender.kill();
  }
  await rm(folder, { recursive: true });
  sandbox.kill();
}
