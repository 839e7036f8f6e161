import type { Readable, Writable } from 'node:stream';

/** What a command uses of the process, so that a test can replace it. */
export interface CliIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
  /** Relative file names are resolved against this folder. */
  cwd: string;
  /** Aborts when the process is told to end. */
  signal: AbortSignal;
  /**
   * Calls the listener with each signal that tells the process to end, except signals that the terminal has
   * already sent to all its processes. Until the returned function is called, these signals do not end the
   * process by themselves.
   */
  onSignal?(listener: (name: NodeJS.Signals) => void): () => void;
}

/** A command. It resolves with the exit code. */
export type Command = (args: string[], io: CliIo) => Promise<number>;
