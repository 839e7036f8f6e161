#!/usr/bin/env node
import { isatty } from 'node:tty';
import { run } from './run';

const end = new AbortController();
// Once: a second Ctrl-C ends the process as it would without us.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());

// Who has closed the pipe wants no more of what we say; that is no failure, of a message that was sent least of all.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

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
}).then(async (exitCode) => {
  process.exitCode = exitCode;
  // What was given up, such as a request to an Entra that does not answer, would keep the process for minutes.
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit();
});

/** Resolves once all that was written has been taken, or never will be. */
function written(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed) resolve();
    else output.write('', () => resolve());
  });
}
