import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../clock';
import type { CliIo } from './io';

/** What is known about a message after it was sent, or was not. */
export interface MailLogEntry {
  mailbox?: string | undefined;
  from?: string | undefined;
  recipients?: readonly string[] | undefined;
  /** The size of the message in bytes. */
  size?: number | undefined;
  exitCode: number;
  code?: string | undefined;
  graphCode?: string | undefined;
  messageId?: string | undefined;
  requestId?: string | undefined;
  error?: string | undefined;
}

/** The log shows who got mail, so a new file can be read by its owner only. */
const MODE = 0o600;

/** The most of an error that goes into the log, in characters. */
const MAX_VALUE = 500;

/**
 * Appends a line about a message to a file, as msmtp does, and creates the file if necessary. If that fails, it
 * prints a warning and the message is not affected.
 */
export function logMail(
  file: string,
  entry: MailLogEntry,
  { cwd, stderr }: CliIo,
  now = new Date(systemClock.date()),
): void {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = constants;
  try {
    // Non-blocking, so as not to wait forever for a reader of a named pipe.
    const descriptor = openSync(resolve(cwd, file), O_APPEND | O_CREAT | O_WRONLY | (O_NONBLOCK ?? 0), MODE);
    try {
      // A single write, so that processes that write at the same time do not mix their lines.
      writeSync(descriptor, toLine(entry, now));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    stderr.write(`warning: there is no line for this message in the log ${file}: ${why}.\n`);
  }
}

/** The log line of a message. Unknown values are left out. */
export function toLine(entry: MailLogEntry, now: Date): string {
  const { mailbox, from, recipients, size, exitCode, code, graphCode, messageId, requestId, error } = entry;
  const values: [name: string, value: string | number | undefined][] = [
    ['mailbox', mailbox],
    ['from', from],
    ['recipients', recipients?.join(',')],
    ['size', size],
    ['exitcode', exitCode],
    ['code', code],
    ['graphcode', graphCode],
    ['messageid', messageId],
    ['requestid', requestId],
    ['error', error?.slice(0, MAX_VALUE)],
  ];
  const words = values.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : `${name}=${toWord(String(value))}`,
  );
  return `${[now.toISOString(), ...words].join(' ')}\n`;
}

/** Escapes a value so that it can neither end the line nor look like another value. */
function toWord(value: string): string {
  const plain = value.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return /[\s"'=\\]/.test(plain) && !/^<[^\s"'\\]+>$/.test(plain) ? JSON.stringify(plain) : plain;
}
