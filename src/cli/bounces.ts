import { type Bounce, graphTransport } from '../index';
import { CONNECTION_HELP, connectionOptions } from './connection';
import { EXIT, usageError } from './exit-code';
import { COMMAND_FLAGS, FLAGS } from './flags';
import type { Command } from './io';
import { createStderrLogger } from './output';
import { helpOf, parseFlags } from './parse-flags';

const HELP = `Usage: nodemailer-graph-transport bounces [FLAGS]

Lists what became of sent messages, as the reports in the mailbox's Inbox say: bounces, delays and receipts, oldest first.
The last line is a token: pass it as --since, and the next run goes on from there.
It takes the permission Mail.Read.

${helpOf(FLAGS.bounces)}

${CONNECTION_HELP}
`;

/** The `bounces` command: prints what the reports in the Inbox say. */
export const bouncesCommand: Command = async (args, io) => {
  const { values } = parseFlags({ args, options: COMMAND_FLAGS.bounces });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const { stdout, stderr, signal } = io;
  const { debug = false, json = false } = values;
  const since = values.since === undefined ? undefined : toSince(values.since);
  const transport = graphTransport({
    ...connectionOptions(values, io),
    debug,
    logger: createStderrLogger((line) => stderr.write(line), debug),
  });
  try {
    const reading = transport.bounces({ since, signal });
    const bounces: Bounce[] = [];
    for await (const bounce of reading) {
      if (json) bounces.push(bounce);
      else stdout.write(`${toLine(bounce)}\n`);
    }
    const { token } = reading;
    stdout.write(json ? `${JSON.stringify({ ok: true, bounces, token })}\n` : `token: ${token}\n`);
    return EXIT.ok;
  } finally {
    await transport.close();
  }
};

/** A date, or else a token, which the transport checks. */
function toSince(given: string): Date | string {
  if (given.startsWith('bounces')) return given;
  const date = new Date(given);
  if (/^\d{4}-\d\d-\d\d/.test(given) && !Number.isNaN(date.getTime())) return date;
  throw usageError('--since takes a date such as 2026-11-26 or 2026-11-26T09:00:00Z, or a token.');
}

/** One bounce, as a line for people. */
export function toLine({ date, kind, recipient, status, messageId, diagnostic, hint }: Bounce): string {
  const said = [hint, diagnostic && `(${diagnostic})`].filter(Boolean).join(' ');
  const what = `${date.toISOString().slice(0, 19)}Z  ${kind.padEnd(9)} ${(status ?? '-').padEnd(7)} ${recipient}`;
  return printable(`${what}  ${messageId ?? '(message unknown)'}${said && `\n    ${said}`}`);
}

/** What a report says comes from outside, so no control characters go to the terminal. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{C}/gu, '?');
}
