import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../clock';
import { GraphTransportError } from '../index';
import { type LiveServiceOptions, NoToken } from '../prove/live-service';
import { connectionTo } from '../prove/live-settings';
import { makeReport, resultLines, TABLE_HEAD } from '../prove/report';
import { type LiveResult, proveRules } from '../prove/run-live-checks';
import { startSandboxService } from '../prove/sandbox-service';
import { CONNECTION_HELP, connectionOptions } from './connection';
import { CliError, EXIT, usageError } from './exit-code';
import { COMMAND_FLAGS, DEFAULT_REPORT, FLAGS } from './flags';
import type { CliIo, Command } from './io';
import { helpOf, parseFlags, type ValuesOf } from './parse-flags';

/** A sandbox on this machine files messages at once; Exchange takes seconds. */
const LOCAL_LOOK_MS = 10;

const HELP = `Usage: nodemailer-graph-transport prove --to ADDRESS [FLAGS]

Checks whether Microsoft's service follows the rules of the sandbox, and writes the results to a report that identifies
no one. It SENDS REAL MAIL from the mailbox: about fifteen small messages to ADDRESS and one to the mailbox itself. It
also creates drafts, and deletes them, its copies in Sent Items and that message in the Inbox. By giving --to you
consent to that. The app needs Mail.Send and Mail.ReadWrite, and ExchangeMessageTrace.Read.All for message traces.

${helpOf(FLAGS.prove)}

The report contains verdicts, statuses, codes, numbers, the date, the name of the cloud and the version of this package.
The exit code is 0 if no rule was contradicted and no check failed.

${CONNECTION_HELP}
`;

/** Runs the live check, prints the results, and writes the report. */
export const proveCommand: Command = async (args, io) => {
  const { values } = parseFlags({
    args,
    options: COMMAND_FLAGS.prove,
  });
  const { stdout, stderr, cwd, signal } = io;
  if (values.help) {
    stdout.write(HELP);
    return EXIT.ok;
  }
  const file = values.report ?? DEFAULT_REPORT;
  const path = resolve(cwd, file);
  const played = values.sandbox ? await startSandboxService() : undefined;
  let options: LiveServiceOptions | undefined;
  try {
    options = played?.options ?? tenantOf(values, io);
    const { authorityHost } = options;
    // Written before anything is sent, so that a mistyped file name does not cost a second run.
    write(path, file, '');
    stderr.write(
      played
        ? 'Checking a second sandbox. No mail leaves this machine.\n'
        : `Checking ${options.graphEndpoint}. This sends messages from ${options.userId} to ${options.to} and takes a few minutes.\n`,
    );
    if (!values.json) stdout.write(`${TABLE_HEAD}\n`);
    const results = await proveRules(
      options,
      (result) => {
        if (!values.json) stdout.write(`${resultLines(result).join('\n')}\n`);
      },
      undefined,
      signal,
    ).catch((error: unknown) => {
      throw startFailure(error, authorityHost);
    });
    const report = makeReport(results, options, new Date(systemClock.date()));
    write(path, file, `${JSON.stringify(report, null, 2)}\n`);
    const exitCode = signal.aborted ? EXIT.tempFail : exitCodeOf(results);
    stdout.write(
      values.json
        ? `${JSON.stringify({ ok: exitCode === EXIT.ok, exitCode, report })}\n`
        : `\n${count(results)}. The report is in ${file}.\n`,
    );
    return exitCode;
  } finally {
    await options?.dispatcher?.close();
    await played?.close();
  }
};

function tenantOf(values: ValuesOf<typeof COMMAND_FLAGS.prove>, io: CliIo): LiveServiceOptions {
  const { env } = io;
  const to = values.to || env.LIVE_TO;
  if (!to) {
    throw usageError(
      'prove sends real mail, so it must be told where to: give --to ADDRESS, or --sandbox to send none.',
    );
  }
  const addresses = {
    to,
    alias: values.alias || env.LIVE_ALIAS || undefined,
    foreignFrom: values['foreign-from'] || env.LIVE_FOREIGN_FROM || undefined,
  };
  const service = connectionTo(connectionOptions(values, io), addresses, { ...env });
  const isLocal = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::|$)/.test(service.graphEndpoint);
  return {
    ...service,
    ...(isLocal && { lookMs: LOCAL_LOOK_MS }),
    ...(values.debug && { log: (line: string) => io.stderr.write(`debug: ${line}\n`) }),
  };
}

function write(path: string, file: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(EXIT.config, `The report ${file} cannot be written: ${why}.`);
  }
}

/** Nothing was sent: a run begins by requesting a token. */
function startFailure(error: unknown, authorityHost: string): Error {
  if (error instanceof GraphTransportError) return error;
  if (error instanceof NoToken) return new CliError(EXIT.noPermission, `${error.message}. See verify.`);
  const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new CliError(EXIT.tempFail, `Cannot get a token from ${authorityHost}: ${why}. See verify.`);
}

function exitCodeOf(results: readonly LiveResult[]): number {
  const verdicts = results.map(({ verdict }) => verdict);
  if (verdicts.includes('contradicted')) return EXIT.software;
  return verdicts.includes('failed') ? EXIT.unavailable : EXIT.ok;
}

function count(results: readonly LiveResult[]): string {
  const verdicts = ['confirmed', 'contradicted', 'not observed', 'failed'] as const;
  const counts = verdicts.map(
    (verdict) => `${results.filter((result) => result.verdict === verdict).length} ${verdict}`,
  );
  return `${results.length} checks: ${counts.join(', ')}`;
}
