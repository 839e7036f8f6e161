#!/usr/bin/env node
import { run } from './run';

const end = new AbortController();
// Once: a second Ctrl-C ends the process as it would without us.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());

void run(process.argv.slice(2), {
  // Asked for only by what reads it: an open terminal would keep the process alive.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: end.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
