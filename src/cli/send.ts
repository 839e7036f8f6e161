import nodemailer, { type SendMailOptions } from 'nodemailer';
import { systemClock } from '../clock';
import {
  type GraphSentMessageInfo,
  type GraphTransport,
  GraphTransportError,
  type GraphTransportOptions,
  graphTransport,
} from '../index';
import { readAliases } from './aliases';
import { composeMessage } from './compose-message';
import { connectionOptions } from './connection';
import { CliError, EXIT, exitCodeOfError, usageError } from './exit-code';
import { oneOf, toAttempts, toMilliseconds, toTime } from './flag-values';
import type { CliIo, Command } from './io';
import { logMail, type MailLogEntry } from './mail-log';
import { createProgressBar, createStderrLogger } from './output';
import { parseSendFlags, SEND_HELP, type SendFlags } from './send-flags';
import { passOnMessage } from './sendmail-input';

/** The `send` command: sends one message. */
export const sendCommand: Command = async (args, io) => {
  const flags = parseSendFlags(args);
  const { values, composing, positionals } = flags;
  if (values.help) {
    io.stdout.write(SEND_HELP);
    return EXIT.ok;
  }
  const isPassedOn = values['read-recipients'] || positionals.length > 0;
  if (composing.length > 0 && isPassedOn) {
    throw usageError(
      `--${composing[0]} composes a message, but there is one already: leave out the flag or the message.`,
    );
  }
  if (composing.length === 0 && !isPassedOn) {
    throw usageError(
      'There is nothing to send: use --to, --subject and --text, or name an .eml file, or use -t. See send --help.',
    );
  }
  const entry: MailLogEntry = { exitCode: EXIT.ok };
  try {
    const info = await sendOne(flags, io, entry);
    report(info, flags, io);
    const { messageId, requestId, messageSize, envelope } = info;
    Object.assign(entry, { messageId, requestId, size: messageSize, recipients: envelope.to });
    return EXIT.ok;
  } catch (error) {
    Object.assign(entry, failureOf(error));
    throw error;
  } finally {
    if (values['log-file'] !== undefined) logMail(values['log-file'], entry, io);
  }
};

/** @param entry filled with what is known about the message, whatever happens */
async function sendOne(flags: SendFlags, io: CliIo, entry: MailLogEntry): Promise<GraphSentMessageInfo> {
  const { values, composing } = flags;
  const began = systemClock.now();
  const timeoutMs = values.timeout === undefined ? undefined : toMilliseconds('timeout', values.timeout);
  const attempts = values.attempts === undefined ? undefined : toAttempts(values.attempts);
  const sendAt = values.at === undefined ? undefined : toTime('at', values.at);
  const connection = connectionOptions(values, io);
  const { userId } = connection;
  const mailbox = typeof userId === 'string' ? userId.trim() : '';
  Object.assign(entry, { mailbox });
  const changes = {
    forcedFrom: values['force-from'] ? mailbox : undefined,
    addressesOf: readAliases(values.aliases, values['default-to'], io),
  };
  const make = composing.length > 0 ? composeMessage : passOnMessage;
  const delivery = deliveryOptions(flags, mailbox);
  const { mail, from, recipients } = await readInTime((given) => make(flags, changes, given), timeoutMs, io);
  Object.assign(entry, { from: from ?? mailbox, recipients });
  const bar = createProgressBar(io);
  const transport = graphTransport({
    ...connection,
    ...delivery,
    ...(timeoutMs !== undefined && { timeout: timeLeft(timeoutMs, systemClock.now() - began) }),
    ...(attempts !== undefined && { retry: { attempts } }),
    debug: values.debug,
    logger: createStderrLogger((line) => {
      bar.clear();
      io.stderr.write(line);
    }, values.debug ?? false),
  });
  transport.on('progress', bar.show);
  try {
    return await sendThrough(transport, {
      ...mail,
      graph: { ...mail.graph, sendAt, inReplyTo: values['in-reply-to'] },
      signal: io.signal,
    });
  } finally {
    bar.clear();
    transport.close({ force: true });
  }
}

/** Rounded up, so that an error names the timeout that was given, unless the message took long to arrive. */
function timeLeft(timeoutMs: number, tookMs: number): number {
  return Math.max(1, Math.min(timeoutMs, Math.ceil((timeoutMs - tookMs) / 100) * 100));
}

function failureOf(error: unknown): MailLogEntry {
  const message = error instanceof Error ? error.message : String(error);
  const known: MailLogEntry = { exitCode: exitCodeOfError(error), error: message };
  if (!(error instanceof GraphTransportError)) return known;
  const { code, graphCode, requestId } = error;
  return { ...known, code, graphCode, requestId };
}

/** Sends a message the way an app does: with Nodemailer, through the transport. */
export function sendThrough(
  transport: GraphTransport,
  message: SendMailOptions,
): Promise<GraphSentMessageInfo> {
  return nodemailer.createTransport(transport).sendMail(message);
}

function deliveryOptions({ values, composing }: SendFlags, mailbox: string): GraphTransportOptions {
  const { from, format, delivery, lossy } = values;
  const name = values['full-name'];
  const [address] = [from, mailbox].filter(isAddress);
  return {
    format: oneOf('format', format, 'auto', 'json', 'mime'),
    delivery: oneOf('delivery', delivery, 'at-most-once', 'exactly-once'),
    lossy,
    saveToSentItems: values['no-save'] ? false : undefined,
    // For a finished message that has no From.
    from:
      composing.length > 0 || values['force-from'] ? undefined : name && address ? { name, address } : from,
  };
}

function isAddress(value: string | undefined): value is string {
  return value?.includes('@') === true;
}

function report(
  info: GraphSentMessageInfo,
  { values, composing, positionals }: SendFlags,
  { stdout }: CliIo,
): void {
  if (values.json) {
    stdout.write(`${JSON.stringify({ ok: true, ...info })}\n`);
    return;
  }
  // Programs that call sendmail expect no output when all is well.
  const isQuiet = composing.length === 0 && !positionals.some((name) => /\.eml$/i.test(name));
  if (isQuiet && !values.verbose) return;
  const { accepted, messageId, route, routeReason, requestId, deduplicated, sendAt } = info;
  const verb = deduplicated ? `had been ${sendAt ? 'scheduled' : 'sent'} before` : 'was accepted';
  const until = sendAt ? `\nExchange holds it until ${sendAt.toISOString()}` : '';
  stdout.write(
    `The message ${verb} for ${accepted.join(', ')}, as ${route} (${routeReason}).${until}\nMessage-ID ${messageId}\nrequest-id ${requestId}\n`,
  );
}

/**
 * Resolves with the message that is being read, unless that takes too long or the process is told to end.
 * Otherwise a program that opens the pipe and writes nothing would keep the command waiting forever.
 *
 * @throws CliError in those cases; nothing was sent
 */
async function readInTime<T>(
  read: (io: CliIo) => Promise<T>,
  timeoutMs: number | undefined,
  io: CliIo,
): Promise<T> {
  const { signal } = io;
  let stopTimer = () => {};
  let stop = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = (why: string) => reject(new CliError(EXIT.tempFail, `${why} Nothing was sent.`));
    const abort = () => giveUp('The command was ended before it had a message.');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    if (timeoutMs !== undefined) {
      const late = () => giveUp(`There was no message within the timeout, ${timeoutMs} ms.`);
      stopTimer = systemClock.timer(timeoutMs, late);
    }
    stop = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([read(io), givenUp]);
  } catch (error) {
    // An open stdin would keep the process alive.
    io.stdin.destroy();
    throw error;
  } finally {
    stopTimer();
    stop();
  }
}
