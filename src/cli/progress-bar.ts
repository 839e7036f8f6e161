import type { UploadProgress } from '../index';
import type { CliIo } from './io';

/** A line that tells how far an upload is, and goes when something else is to be written. */
export interface ProgressBar {
  show(progress: UploadProgress): void;
  clear(): void;
}

const WIDTH = 20;
const MB = 1_000_000;

/** Draws on a terminal that can take a line back, and nowhere else. */
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
      // A line that is longer than the terminal could not be taken back.
      const line = `[${bar}] ${numbers}  ${printable(attachment)}`.slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(line);
      drawn = line.length;
    },
  };
}

function mb(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

/** A name may come from a message of anybody's: no control characters to the terminal. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, '?');
}
