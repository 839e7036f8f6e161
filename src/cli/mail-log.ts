import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CliIo } from './io';

/** What is known of a message by the time it was sent, or not. */
export interface MailLogEntry {
  mailbox?: string | undefined;
  from?: string | undefined;
  recipients?: readonly string[] | undefined;
  /** Bytes of the message. */
  size?: number | undefined;
  exitCode: number;
  code?: string | undefined;
  graphCode?: string | undefined;
  messageId?: string | undefined;
  requestId?: string | undefined;
  error?: string | undefined;
}

/** Who reads the log knows to whom mail was sent, so at first nobody but its owner may. */
const MODE = 0o600;

/** As much of an error as goes into the log. */
const MAX_VALUE = 500;

/**
 * Appends a line for a message to a file, as msmtp does, and makes the file if there is none. Where that cannot be
 * done, it says so, and what becomes of the message stays the same.
 */
export function logMail(file: string, entry: MailLogEntry, { cwd, stderr }: CliIo, now = new Date()): void {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = constants;
  try {
    // Not to wait for a reader of a named pipe for ever.
    const descriptor = openSync(resolve(cwd, file), O_APPEND | O_CREAT | O_WRONLY | (O_NONBLOCK ?? 0), MODE);
    try {
      // At once: of processes that write at the same time, each has a line of its own.
      writeSync(descriptor, toLine(entry, now));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    stderr.write(`warning: there is no line for this message in the log ${file}: ${why}.\n`);
  }
}

/** The line of a message: what was not known is not in it. */
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

/** No value can end the line, or look like another one. */
function toWord(value: string): string {
  const plain = value.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return /[\s"'=\\]/.test(plain) && !/^<[^\s"'\\]+>$/.test(plain) ? JSON.stringify(plain) : plain;
}
