import type { GraphTransportError } from '../index';

/** The exit codes of sendmail (sysexits.h), by which mail programs know what to do with a message. */
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

/**
 * The exit code for a failure. Whoever sees 75 sends the message again, so that is for those only that
 * certainly sent nothing.
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
      // We were asked to end before the message had gone.
      return EXIT.tempFail;
    case 'ECONNECTION':
    case 'ETIMEDOUT':
      return EXIT.unavailable;
  }
}
