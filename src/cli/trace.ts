import { graphTransport, type MessageTrace } from '../index';
import { CONNECTION_HELP, connectionOptions } from './connection';
import { EXIT, usageError } from './exit-code';
import { COMMAND_FLAGS, FLAGS } from './flags';
import type { Command } from './io';
import { createStderrLogger } from './output';
import { helpOf, parseFlags } from './parse-flags';

const HELP = `Usage: nodemailer-graph-transport trace MESSAGE-ID [FLAGS]

Asks Exchange's message trace where a message is, recipient by recipient. Traces come some minutes after the message.
It takes the permission ExchangeMessageTrace.Read.All, and a service principal: see docs/trace.md.

${helpOf(FLAGS.trace)}

${CONNECTION_HELP}
`;

/** The `trace` command: prints what Exchange says became of a message. */
export const traceCommand: Command = async (args, io) => {
  const { values, positionals } = parseFlags({
    args,
    options: COMMAND_FLAGS.trace,
    allowPositionals: true,
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const { stdout, stderr, signal } = io;
  const [messageId] = positionals;
  if (messageId === undefined || positionals.length > 1) {
    throw usageError("trace takes one Message-ID, in quotes: '<…@…>'.");
  }
  const { debug = false, json = false, details = false, since } = values;
  if (since !== undefined && Number.isNaN(Date.parse(since))) {
    throw usageError('--since takes a date such as 2026-11-26 or 2026-11-26T09:00:00Z.');
  }
  const transport = graphTransport({
    ...connectionOptions(values, io),
    debug,
    logger: createStderrLogger((line) => stderr.write(line), debug),
  });
  try {
    const traces = await transport.trace(messageId, { details, since, signal });
    if (json) stdout.write(`${JSON.stringify({ ok: true, traces })}\n`);
    else if (traces.length === 0) stdout.write('Exchange has no trace of this message yet, or no longer.\n');
    else for (const trace of traces) stdout.write(`${toLines(trace)}\n`);
    return EXIT.ok;
  } finally {
    await transport.close();
  }
};

function toLines({ receivedAt, status, recipient, subject, details = [] }: MessageTrace): string {
  const steps = details.map(
    ({ at, event, description }) => `    ${timeOf(at)}  ${event}  ${description ?? ''}`,
  );
  const line = `${timeOf(receivedAt)}  ${status.padEnd(14)} ${recipient}  ${subject ?? ''}`;
  // What servers and senders say comes from outside, so no control characters go to the terminal.
  return [line, ...steps].map((text) => text.trimEnd().replace(/\p{C}/gu, '?')).join('\n');
}

function timeOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
