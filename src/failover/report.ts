import type { SentMessageInfo } from 'nodemailer';
import type { Outcome } from '../errors/graph-transport-error';

/** A member that was tried in vain. */
export interface FailoverFailure {
  /** Its place in the list, from 0. */
  index: number;
  /** The name of its transport. */
  name: string;
  /** What it said. */
  error: Error;
}

/** Which member a result or an error comes from. */
export interface FailoverReport {
  /** The member's place in the list, from 0. */
  index: number;
  /** The name of its transport, such as `GraphTransport` or `SMTP`. */
  name: string;
  /** The members that were tried before, in order. Each certainly did not send. */
  failures: FailoverFailure[];
}

/** What `sendMail` returns: what the member that sent the message returned, and which one it was. */
export interface FailoverSentMessageInfo extends SentMessageInfo {
  /** The member that sent the message, and the failures of those that were tried before it. */
  failover: FailoverReport;
}

/** A failure, and what became of the message. */
export interface Failure extends FailoverFailure {
  outcome: Outcome;
}

/** What an error of `failover()` has, whichever transport it comes from, besides that transport's own fields. */
export interface FailoverError extends Error {
  /** Nodemailer's code for the kind of failure, as the last member that was tried gave it. */
  code?: string;
  /** True if nothing was sent and sending the same message later may work. */
  retryable: boolean;
  /** True if the message may have been sent: sending it again may deliver it twice. */
  ambiguous: boolean;
  /** As in Nodemailer: true if sending the same message again cannot help. */
  permanent?: boolean | undefined;
  /** The errors of all members that were tried, in order, this one last. */
  errors: Error[];
  /** The member that this error comes from, and the failures before it. */
  failover: FailoverReport;
}

/** The last error, which also tells of those before it. Undefined if no member was tried. */
export function finalError(failures: readonly Failure[]): FailoverError | undefined {
  const last = failures.at(-1);
  if (last === undefined) return undefined;
  const { index, name, outcome } = last;
  const ambiguous = outcome === 'unknown';
  // A refusal by the second member does not undo that the first may take the message later.
  const retryable = !ambiguous && failures.some((failure) => failure.outcome === 'not-accepted');
  // Apps may recognise an error by identity, so it is the member's own unless that cannot be changed.
  const error = Object.isExtensible(last.error)
    ? last.error
    : new Error(last.error.message, { cause: last.error });
  const before = failures.slice(0, -1).map(({ outcome: _, ...failure }) => failure);
  const isAbort = Reflect.get(error, 'code') === 'EABORT';
  const permanent = ambiguous || (isAbort && !retryable) ? undefined : !retryable;
  const told = Object.assign(error, {
    retryable,
    ambiguous,
    permanent,
    failover: { index, name, failures: before },
    errors: failures.map((failure) => failure.error),
  });
  // An error is in its own list, and loggers that print fields do not ask about circles.
  for (const field of ['failover', 'errors']) Object.defineProperty(told, field, { enumerable: false });
  return told;
}
