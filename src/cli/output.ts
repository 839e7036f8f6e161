import { format } from 'node:util';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { LogMethod, TransportLogger, UploadProgress } from '../index';
import { exitCodeOfError } from './exit-code';
import type { CliIo } from './io';

const WIDTH = 20;
const MB = 1_000_000;

/** Reports a failure, to people on stderr or to programs on stdout, and returns the exit code. */
export function reportFailure(error: unknown, { stdout, stderr }: CliIo, asJson: boolean): number {
  const exitCode = exitCodeOfError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (asJson) {
    stdout.write(`${JSON.stringify({ ok: false, exitCode, error: toJson(error, message) })}\n`);
  } else {
    stderr.write(`nodemailer-graph-transport: ${message}\n`);
  }
  return exitCode;
}

/** What a program may want to know about an error. */
export function toJson(error: unknown, message: string): object {
  if (!(error instanceof GraphTransportError)) {
    return { message, ...(error instanceof Error && 'code' in error && { code: error.code }) };
  }
  return { ...error, message };
}

/**
 * A logger that writes lines to stderr: warnings, and with `debug` everything. Errors are reported at the end
 * instead.
 */
export function createStderrLogger(write: (line: string) => void, debug: boolean): TransportLogger {
  const at =
    (level: string): LogMethod =>
    (_entry, message = '', ...args) =>
      write(`${level}: ${format(message, ...args)}\n`);
  const ignore: LogMethod = () => undefined;
  const detail = (level: string) => (debug ? at(level) : ignore);
  return {
    trace: detail('trace'),
    debug: detail('debug'),
    info: detail('info'),
    warn: at('warning'),
    error: ignore,
    fatal: ignore,
  };
}

/** A line that shows how far an upload is, and that disappears when something else is printed. */
export interface ProgressBar {
  show(progress: UploadProgress): void;
  clear(): void;
}

/** Draws only on a terminal that can erase a line. */
export function createProgressBar({ stderr, env }: CliIo): ProgressBar {
  if (!stderr.isTTY || env.TERM === 'dumb') return { show() {}, clear() {} };
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) stderr.write(`\r${' '.repeat(drawn)}\r`);
    drawn = 0;
  };
  return {
    clear,
    show({ attachment, sentBytes, totalBytes }) {
      clear();
      const share = sentBytes / totalBytes;
      const bar = '#'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '-');
      const numbers = `${Math.floor(share * 100)} %  ${mb(sentBytes)} of ${mb(totalBytes)} MB`;
      // A line longer than the terminal is wide could not be erased.
      const line = `[${bar}] ${numbers}  ${printable(attachment)}`.slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(line);
      drawn = line.length;
    },
  };
}

function mb(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

/** The name may come from anyone's message, so no control characters go to the terminal. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, '?');
}
