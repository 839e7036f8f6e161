import { fieldOf, type Outcome } from '../errors/graph-transport-error';

/** What is known of a failed attempt besides its error. */
export interface Evidence {
  /** The name of the transport, as Nodemailer's transports give it. */
  transport: string;
  /** Whether a byte of the composed message was read. Nodemailer's SMTP transports read it only after 354, the answer to DATA. */
  wasRead: boolean;
}

/**
 * What became of a message, by the error of the transport that should have sent it. Errors that say it themselves
 * (`retryable`, `ambiguous`) are believed. Any other is `unknown` unless it proves that nothing was sent.
 */
export function failureOutcome(error: unknown, evidence: Evidence): Outcome {
  const retryable = fieldOf(error, 'retryable');
  const ambiguous = fieldOf(error, 'ambiguous');
  if (ambiguous === true) return 'unknown';
  if (typeof retryable === 'boolean') return retryable ? 'not-accepted' : 'refused';
  const code = String(fieldOf(error, 'code') ?? '');
  if (ABOUT_THE_MESSAGE.includes(code)) return 'refused';
  if (evidence.transport.startsWith('SMTP')) return smtpOutcome(error, code, evidence.wasRead);
  if (isNotReached(error) || isNotReached(fieldOf(error, 'cause'))) return 'not-accepted';
  return httpOutcome(error);
}

/** Nodemailer's codes for what another transport would not make good: its content cannot be read, or its options are wrong. */
const ABOUT_THE_MESSAGE = [
  'ESTREAM',
  'EFILEACCESS',
  'EURLACCESS',
  'EFETCH',
  'ECONFIG',
  'EREQUIRETLS',
  'EMAXRECIPIENTS',
];

/** Nodemailer's codes for a login that failed, which comes before the first command of a message. */
const ABOUT_THE_LOGIN = ['EAUTH', 'ENOAUTH', 'EOAUTH2'];

/**
 * SMTP by RFC 5321: the server is responsible for a message once it has answered 250 to the end of DATA, and with any
 * other answer it is not (section 4.2.5). So only silence, a lost connection or 421 after content was sent leaves
 * it open.
 */
function smtpOutcome(error: unknown, code: string, wasRead: boolean): Outcome {
  if (ABOUT_THE_LOGIN.includes(code)) return 'not-accepted';
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    const reply = Number(fieldOf(error, 'responseCode') ?? 0);
    if (reply === 421 && wasRead) return 'unknown';
    // 503 is about the order of commands, not about the message, and Nodemailer too takes it for passing.
    return (reply >= 400 && reply < 500) || reply === 503 ? 'not-accepted' : 'refused';
  }
  if (code === 'EABORT') return wasRead ? 'unknown' : 'refused';
  return wasRead ? 'unknown' : 'not-accepted';
}

/** Node's system errors of a connection that was never made, or a program that was never started. */
function isNotReached(error: unknown): boolean {
  return /^(?:connect|getaddrinfo|spawn)\b/.test(String(fieldOf(error, 'syscall') ?? ''));
}

/** SES, and other transports whose errors carry the HTTP status as the AWS SDK's do. */
function httpOutcome(error: unknown): Outcome {
  const status = Number(fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode') ?? 0);
  if (status === 429 || fieldOf(fieldOf(error, '$retryable'), 'throttling') === true) return 'not-accepted';
  return status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unknown';
}
