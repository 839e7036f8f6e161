// What it costs to load the package, against Nodemailer and mailparser, of which it loads a part. Run by
// `npm run bench:startup`. Every load has a process of its own, and the two take turns.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNS = Number(process.env.RUNS ?? 25);
const folder = fileURLToPath(new URL('.', import.meta.url));
const LOADS = {
  nothing: '',
  'nodemailer + mailparser': "require('nodemailer'); require('mailparser');",
  // With Nodemailer in both: an app loads it anyhow.
  'nodemailer + nodemailer-graph-transport': "require('nodemailer'); require('nodemailer-graph-transport');",
};

const times = Object.fromEntries(Object.keys(LOADS).map((name) => [name, []]));
for (let run = -2; run < RUNS; run++) {
  for (const [name, load] of Object.entries(LOADS)) {
    const script = `const began = process.hrtime.bigint(); ${load} console.log(Number(process.hrtime.bigint() - began) / 1e6);`;
    const ms = Number(execFileSync(process.execPath, ['-e', script], { cwd: folder }));
    if (run >= 0) times[name].push(ms);
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const base = median(times['nodemailer + mailparser']);
for (const [name, list] of Object.entries(times)) {
  console.log(`${name.padEnd(40)} ${median(list).toFixed(1)} ms, ${(median(list) / base).toFixed(2)} x`);
}
const script =
  "require('nodemailer-graph-transport'); console.log(Object.keys(require.cache).filter((file) => /@azure|dist.sandbox/.test(file)).length);";
const early = execFileSync(process.execPath, ['-e', script], { cwd: folder }).toString().trim();
console.log(`files of @azure/identity and of the sandbox that are loaded with it: ${early}`);
