#!/usr/bin/env node
import { isatty } from 'node:tty';
import { run } from './run';

const end = new AbortController();
// Once: a second Ctrl-C ends the process as it would without us.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());

/** Ctrl-C in a terminal goes to the app as well as to us, and an app may take a second one for "at once". */
const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));

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
  onSignal(listener) {
    const pass = (name: NodeJS.Signals) => {
      if (name !== 'SIGINT' || !hasTerminal) listener(name);
    };
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const name of names) process.on(name, pass);
    return () => {
      for (const name of names) process.off(name, pass);
    };
  },
}).then((exitCode) => {
  process.exitCode = exitCode;
});
