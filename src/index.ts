import type { GraphTransportOptions } from './options/options';
import { GraphTransport } from './transport';
import './nodemailer/message-augmentation';

export type { Bounce, BounceIterator, BounceKind, BouncesOptions, ReportedRecipient } from './bounces/bounce';
export type { MailboxCallOptions } from './delivery/ask-mailbox';
export type { QueueNotice, RetryNotice, SendTrace } from './delivery/diagnostics';
export type { ScheduledMessage } from './delivery/schedule';
export type { GraphSentMessageInfo, SentItem, UploadProgress } from './delivery/sent-info';
export {
  GraphTransportError,
  type GraphTransportErrorCode,
  type GraphTransportErrorDetails,
  type Outcome,
} from './errors/graph-transport-error';
export type { Importance } from './message/importance';
export type { MailAddress } from './mime/address';
export type { ClientSecretOf } from './options/client-secret';
export type { CloudName } from './options/clouds';
export type { GraphMessageOptions } from './options/message-options';
export type {
  AccessToken,
  AddressOption,
  GraphTransportOptions,
  LogMethod,
  MailboxQuestion,
  RetryOptions,
  TokenCredential,
  TraceCredential,
  TransportLogger,
  UserIdOf,
} from './options/options';
export type { TlsOptions } from './options/tls-options';
export type { MessageTrace, TraceDetail, TraceOptions, TraceStatus } from './trace/trace';
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
