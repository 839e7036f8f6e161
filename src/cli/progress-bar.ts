import type { UploadProgress } from '../index';
import type { CliIo } from './io';

/** A line that shows how far an upload is, and that disappears when something else is printed. */
export interface ProgressBar {
  show(progress: UploadProgress): void;
  clear(): void;
}

const WIDTH = 20;
const MB = 1_000_000;

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
