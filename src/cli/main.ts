#!/usr/bin/env node
import { join } from 'node:path';
import { isatty } from 'node:tty';

enableOwnCompileCache();
// Only what is loaded after that is in the cache.
const { run }: typeof import('./run') = require('./run');

const end = new AbortController();
// Only once: a second Ctrl-C ends the process as usual.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => end.abort());

// A reader that closes the pipe wants no more output. That is not a failure, least of all for a message that
// was sent.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/**
 * Ctrl-C in a terminal reaches the app as well as us, and an app may treat a second signal as "stop at once".
 */
const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));

void run(process.argv.slice(2), {
  // Opened on first use: an open terminal would keep the process alive.
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
  // Something that was aborted, such as a request to an Entra that does not answer, would keep the process
  // alive for minutes.
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit();
});

/** Resolves once everything has been written, or never can be. */
function written(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed) resolve();
    else output.write('', () => resolve());
  });
}

/**
 * Lets Node keep the compiled code of this command for the next run. It is kept in the user's own folder: Node's default
 * is a folder that all users of the machine may be able to write to, and what is in there runs as this user. Node before
 * 22.8 has no such cache, and Node ignores a folder that cannot be written.
 */
function enableOwnCompileCache(): void {
  const { enableCompileCache }: { enableCompileCache?(folder: string): unknown } = require('node:module');
  const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env;
  const caches = XDG_CACHE_HOME || (HOME ? join(HOME, '.cache') : LOCALAPPDATA);
  const folder = NODE_COMPILE_CACHE || (caches && join(caches, 'nodemailer-graph-transport'));
  if (folder) enableCompileCache?.(folder);
}
