import { GraphTransportError } from '../errors/graph-transport-error';

/** The exit codes of sendmail (sysexits.h), which tell mail programs what to do with a message. */
export const EXIT = {
  ok: 0,
  usage: 64,
  dataError: 65,
  noInput: 66,
  noUser: 67,
  unavailable: 69,
  software: 70,
  tempFail: 75,
  noPermission: 77,
  config: 78,
} as const;

/** A failure of the command itself, before Entra or Graph is contacted. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The error of a command that was called with the wrong flags or arguments. */
export function usageError(message: string): CliError {
  return new CliError(EXIT.usage, message);
}

/**
 * The exit code for a failure. A program that gets 75 sends the message again, so that code is only for
 * failures that certainly sent nothing.
 */
export function exitCodeOf({ code, retryable, ambiguous }: GraphTransportError): number {
  if (ambiguous) return EXIT.unavailable;
  if (retryable) return EXIT.tempFail;
  switch (code) {
    case 'ECONFIG':
      return EXIT.config;
    case 'EAUTH':
      return EXIT.noPermission;
    case 'EENVELOPE':
      return EXIT.noUser;
    case 'EMESSAGE':
      return EXIT.dataError;
    case 'EABORT':
      // The process was told to end before the message was sent.
      return EXIT.tempFail;
    case 'ECONNECTION':
    case 'ETIMEDOUT':
      return EXIT.unavailable;
  }
}

/** The exit code for anything that a command throws. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof GraphTransportError) return exitCodeOf(error);
  if (error instanceof CliError) return error.exitCode;
  return EXIT.software;
}
