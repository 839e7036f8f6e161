import type { GraphTransportOptions } from './options';
import { GraphTransport } from './transport';
import './nodemailer-options';

export type { CloudName } from './clouds';
export type { QueueNotice, RetryNotice, SendTrace } from './diagnostics';
export {
  GraphTransportError,
  type GraphTransportErrorCode,
  type GraphTransportErrorDetails,
  type Outcome,
} from './errors';
export type { MailAddress } from './message/address';
export type { Importance } from './message/importance';
export type { GraphMessageOptions, MailboxQuestion, UserIdOf } from './message-options';
export type {
  AccessToken,
  AddressOption,
  GraphTransportOptions,
  LogMethod,
  RetryOptions,
  TokenCredential,
  TransportLogger,
} from './options';
export type { GraphSentMessageInfo } from './sent-message-info';
export type { TlsOptions } from './tls-options';
export type { UploadProgress } from './upload-progress';
export type { VerifyCheck, VerifyCheckName } from './verify/verify-check';
export { GraphTransport };

/**
 * A transport for `nodemailer.createTransport()` that sends through Microsoft Graph.
 *
 * @example
 * const transporter = nodemailer.createTransport(graphTransport({ tenantId, clientId, clientSecret, userId }));
 * await transporter.sendMail(message);
 *
 * @throws GraphTransportError `ECONFIG`, which names everything that is wrong with the options
 */
export function graphTransport(options: GraphTransportOptions = {}): GraphTransport {
  return new GraphTransport(options);
}
