import type {} from 'nodemailer/lib/mailer/mail-message';
import type { GraphMessageOptions } from './index.js';

// The same package for import: one copy of the code, whichever way it is loaded.
export type {
  AccessToken,
  AddressOption,
  CloudName,
  GraphMessageOptions,
  GraphSentMessageInfo,
  GraphTransportErrorCode,
  GraphTransportErrorDetails,
  GraphTransportOptions,
  Importance,
  LogMethod,
  MailAddress,
  MailboxQuestion,
  Outcome,
  QueueNotice,
  RetryNotice,
  RetryOptions,
  SendTrace,
  TlsOptions,
  TokenCredential,
  TransportLogger,
  UploadProgress,
  UserIdOf,
  VerifyCheck,
  VerifyCheckName,
} from './index.js';
export { GraphTransport, GraphTransportError, graphTransport } from './index.js';

// Nodemailer's types for import are other files than those for require.
/** @ts-ignore: @types/nodemailer, for Nodemailer before 10, has nothing there that could be added to. */
declare module 'nodemailer/lib/mailer/mail-message' {
  interface SendMailOptions {
    /** How Graph is to send this message; overrides the options of `graphTransport()`. */
    graph?: GraphMessageOptions | undefined;
  }
}
