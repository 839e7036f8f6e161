import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process, so that a test can stand in for it. */
export interface CliIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
  /** Relative names of files start here. */
  cwd: string;
  /** Aborts when the process is asked to end. */
  signal: AbortSignal;
  /**
   * Has a listener called with each signal that asks the process to end, and that the terminal has not sent to all its
   * processes already; until the function that it returns is called, none ends the process by itself.
   */
  onSignal?(listener: (name: NodeJS.Signals) => void): () => void;
}

/** A command: resolves with the exit code. */
export type Command = (args: string[], io: CliIo) => Promise<number>;
