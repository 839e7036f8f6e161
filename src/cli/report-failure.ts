import { GraphTransportError } from '../index';
import { CliError } from './cli-error';
import { EXIT, exitCodeOf } from './exit-code';
import type { CliIo } from './io';

/** Reports a failure, to people on stderr or to programs on stdout, and returns the exit code. */
export function reportFailure(error: unknown, { stdout, stderr }: CliIo, asJson: boolean): number {
  const exitCode = exitCodeOfError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (asJson) {
    stdout.write(`${JSON.stringify({ ok: false, exitCode, error: toJson(error, message) })}\n`);
  } else {
    stderr.write(`nodemailer-graph-transport: ${message}\n`);
  }
  return exitCode;
}

/** What a program may want to know about an error. */
export function toJson(error: unknown, message: string): object {
  if (!(error instanceof GraphTransportError)) {
    return { message, ...(error instanceof Error && 'code' in error && { code: error.code }) };
  }
  return { ...error, message };
}

/** The exit code for anything that a command throws. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof GraphTransportError) return exitCodeOf(error);
  if (error instanceof CliError) return error.exitCode;
  return EXIT.software;
}
