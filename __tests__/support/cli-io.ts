import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { CliIo } from '../../src/cli/io';
import { run } from '../../src/cli/run';

/** What a command is given in a test. */
export interface CliSurroundings {
  env?: Record<string, string | undefined>;
  stdin?: string | Buffer | Readable;
  /** Where it runs, if not in a folder of its own. */
  cwd?: string;
  /** Files in the folder in which the command runs. */
  files?: Record<string, string | Buffer>;
  /** Width of the terminal that stderr is; undefined when it is none. */
  terminal?: number;
  signal?: AbortSignal;
  /** Are told of what is written. */
  onStdout?: (text: string) => void;
  onStderr?: (text: string) => void;
}

/** What a command has done. */
export interface CliOutcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a command in a folder of its own. */
export async function runCli(args: string[], surroundings: CliSurroundings = {}): Promise<CliOutcome> {
  const { env = {}, stdin = '', files = {}, terminal, signal = new AbortController().signal } = surroundings;
  const own = mkdtempSync(join(tmpdir(), 'graph-cli-'));
  const { cwd = own } = surroundings;
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(cwd, name), content);
  }
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += chunk;
        const listener = name === 'stderr' ? surroundings.onStderr : surroundings.onStdout;
        listener?.(String(chunk));
        done();
      },
    });
  const io: CliIo = {
    stdin: stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]),
    stdout: collect('stdout'),
    stderr: Object.assign(
      collect('stderr'),
      terminal === undefined ? {} : { isTTY: true, columns: terminal },
    ),
    env,
    cwd,
    signal,
  };
  try {
    return { exitCode: await run(args, io), ...written };
  } finally {
    rmSync(own, { recursive: true });
  }
}
