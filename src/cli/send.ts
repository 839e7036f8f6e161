import nodemailer, { type SendMailOptions } from 'nodemailer';
import {
  type GraphSentMessageInfo,
  type GraphTransport,
  type GraphTransportOptions,
  graphTransport,
} from '../index';
import { usageError } from './cli-error';
import { composeMessage } from './compose-message';
import { connectionOptions } from './connection-flags';
import { EXIT } from './exit-code';
import type { CliIo, Command } from './io';
import { oneOf } from './one-of';
import { passOnMessage } from './pass-on-message';
import { createProgressBar } from './progress-bar';
import { parseSendFlags, SEND_HELP, type SendFlags } from './send-flags';
import { createStderrLogger } from './stderr-logger';

/** Sends one message. */
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
      `--${composing[0]} makes a message, but there is one already: give it none, or no message.`,
    );
  }
  if (composing.length === 0 && !isPassedOn) {
    throw usageError(
      'There is nothing to send: give --to, --subject and --text, or an .eml file, or -t. See send --help.',
    );
  }
  const bar = createProgressBar(io);
  const connection = connectionOptions(values, io);
  const transport = graphTransport({
    ...connection,
    ...deliveryOptions(flags, connection.userId),
    debug: values.debug,
    logger: createStderrLogger((line) => {
      bar.clear();
      io.stderr.write(line);
    }, values.debug ?? false),
  });
  transport.on('progress', bar.show);
  try {
    const message = composing.length > 0 ? await composeMessage(flags, io) : await passOnMessage(flags, io);
    const info = await sendThrough(transport, { ...message, signal: io.signal });
    bar.clear();
    report(info, flags, io);
    return EXIT.ok;
  } finally {
    bar.clear();
    transport.close();
  }
};

/** Sends a message as an app does: by Nodemailer, over the transport. */
export function sendThrough(
  transport: GraphTransport,
  message: SendMailOptions,
): Promise<GraphSentMessageInfo> {
  return nodemailer.createTransport(transport).sendMail(message);
}

function deliveryOptions({ values, composing }: SendFlags, userId: unknown): GraphTransportOptions {
  const { from, format, delivery, lossy } = values;
  const name = values['full-name'];
  const [address] = [from, userId].filter(isAddress);
  return {
    format: oneOf('format', format, 'auto', 'json', 'mime'),
    delivery: oneOf('delivery', delivery, 'at-most-once', 'exactly-once'),
    lossy,
    saveToSentItems: values['no-save'] ? false : undefined,
    // For a message that is whole already and has no From.
    from: composing.length > 0 ? undefined : name && address ? { name, address } : from,
  };
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.includes('@');
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
  // Who calls sendmail expects no word from it when all is well.
  const isQuiet = composing.length === 0 && !positionals.some((name) => /\.eml$/i.test(name));
  if (isQuiet && !values.verbose) return;
  const { accepted, messageId, route, routeReason, requestId, deduplicated } = info;
  const verb = deduplicated ? 'had been sent before' : 'was accepted';
  stdout.write(
    `The message ${verb} for ${accepted.join(', ')}, as ${route} (${routeReason}).\nMessage-ID ${messageId}\nrequest-id ${requestId}\n`,
  );
}
