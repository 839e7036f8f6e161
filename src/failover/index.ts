import { systemClock } from '../clock';
import { FailoverTransport } from './failover-transport';
import type { FailoverMember } from './members';
import type { FailoverOptions } from './options';

export type { Outcome } from '../errors/graph-transport-error';
export type { LogMethod, TransportLogger } from '../options/options';
export type { CircuitOptions, CircuitState } from './circuit';
export type { FailoverCheck, FailoverMemberState } from './guarded-member';
export type { FailoverMember } from './members';
export type { FailoverOptions } from './options';
export type { FailoverError, FailoverFailure, FailoverReport, FailoverSentMessageInfo } from './report';
export { FailoverTransport };

/**
 * A transport for `nodemailer.createTransport()` that sends through the first of these transports, and through the
 * next if that one certainly did not send: if its error is `retryable` and not `ambiguous`.
 *
 * @example
 * const transporter = nodemailer.createTransport(
 *   failover([graphTransport(options), nodemailer.createTransport({ host: 'smtp.example.com' })]),
 * );
 *
 * @param members transports, or what `createTransport()` returns, in the order in which they are tried
 * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the arguments
 */
export function failover(
  members: readonly FailoverMember[],
  options: FailoverOptions = {},
): FailoverTransport {
  return new FailoverTransport(members, options, systemClock);
}
