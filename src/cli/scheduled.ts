import { type GraphTransport, graphTransport, type ScheduledMessage } from '../index';
import { CONNECTION_HELP, connectionOptions } from './connection';
import { EXIT, usageError } from './exit-code';
import { COMMAND_FLAGS } from './flags';
import type { CliIo, Command } from './io';
import { createStderrLogger } from './output';
import { parseFlags, type ValuesOf } from './parse-flags';

const SCHEDULED_HELP = `Usage: nodemailer-graph-transport scheduled [FLAGS]

Lists the messages that send --at has scheduled and that Exchange still holds, the next one first.
It takes the permission Mail.Read.

${CONNECTION_HELP}
`;

const CANCEL_HELP = `Usage: nodemailer-graph-transport cancel MESSAGE-ID [FLAGS]

Deletes a scheduled message before it is sent. If there is none, for example because it has been sent, the exit
code is ${EXIT.unavailable}. It takes the permission Mail.ReadWrite.

${CONNECTION_HELP}
`;

/** The `scheduled` command: prints what Exchange holds. */
export const scheduledCommand: Command = async (args, io) => {
  const { values } = parseFlags({ args, options: COMMAND_FLAGS.scheduled });
  const { stdout, signal } = io;
  if (values.help) {
    stdout.write(SCHEDULED_HELP);
    return EXIT.ok;
  }
  const scheduled = await withTransport(values, io, (transport) => transport.scheduled({ signal }));
  if (values.json) stdout.write(`${JSON.stringify({ ok: true, scheduled })}\n`);
  else for (const message of scheduled) stdout.write(`${toLine(message)}\n`);
  return EXIT.ok;
};

/** The `cancel` command: deletes what Exchange holds. */
export const cancelCommand: Command = async (args, io) => {
  const { values, positionals } = parseFlags({
    args,
    options: COMMAND_FLAGS.cancel,
    allowPositionals: true,
  });
  const { stdout, stderr, signal } = io;
  if (values.help) {
    stdout.write(CANCEL_HELP);
    return EXIT.ok;
  }
  const [messageId, ...others] = positionals;
  if (messageId === undefined || others.length > 0) {
    throw usageError('cancel takes one Message-ID, as send and scheduled print it.');
  }
  const cancelled = await withTransport(values, io, (transport) => transport.cancel(messageId, { signal }));
  const exitCode = cancelled ? EXIT.ok : EXIT.unavailable;
  const none = 'There is no scheduled message with this Message-ID. It may have been sent.';
  if (values.json) {
    const failure = { exitCode, error: { message: none } };
    stdout.write(`${JSON.stringify({ ok: cancelled, cancelled, ...(!cancelled && failure) })}\n`);
  } else if (cancelled) {
    stdout.write('The message was deleted and will not be sent.\n');
  } else {
    stderr.write(`nodemailer-graph-transport: ${none}\n`);
  }
  return exitCode;
};

async function withTransport<T>(
  values: ValuesOf<typeof COMMAND_FLAGS.scheduled>,
  io: CliIo,
  work: (transport: GraphTransport) => Promise<T>,
): Promise<T> {
  const { debug = false } = values;
  const transport = graphTransport({
    ...connectionOptions(values, io),
    debug,
    logger: createStderrLogger((line) => io.stderr.write(line), debug),
  });
  try {
    return await work(transport);
  } finally {
    await transport.close();
  }
}

/** One message, as a line for people. Its subject may come from anyone, so no control characters go to the terminal. */
/** A held message in one line. */
export function toLine({ sendAt, messageId, to, subject }: ScheduledMessage): string {
  const line = `${sendAt.toISOString()}  ${messageId}  ${to.join(', ')}  ${subject}`;
  return line.replace(/\p{C}/gu, '?');
}
