import { createHash } from 'node:crypto';
import type { ReportedFate } from './bounce-test';
import type { SentMessage } from './message';
import { readHeaderFields } from './read-mime';

const CRLF = '\r\n';
/** The server that Exchange Online's reports name. */
const SERVER = 'SANDBOX01MB0001.sandbox.prod.exchangelabs.com';

/** A report to be sent to the sender of a message. */
export interface ReportAbout {
  /** The message as its recipients would get it. */
  mime: Buffer;
  message: SentMessage;
  fate: ReportedFate;
  /** All with the same fate. */
  recipients: readonly string[];
}

/** A report as Exchange writes it: text, fields for programs, and the header of the message (RFC 3464, RFC 8098). */
export function composeReport(report: ReportAbout): Buffer {
  const { message, fate, recipients } = report;
  const id = createHash('sha256').update(`${message.id} ${recipients.join()}`).digest('hex').slice(0, 32);
  const isReceipt = isReadReceipt(fate);
  const [recipient = ''] = recipients;
  const domain = message.mailbox.slice(message.mailbox.indexOf('@') + 1);
  const type = isReceipt ? 'disposition-notification' : 'delivery-status';
  const boundary = `_report_${id}_`;
  return Buffer.from(
    [
      `From: ${isReceipt ? recipient : `postmaster@${domain}`}`,
      `To: ${message.mailbox}`,
      `Date: ${message.receivedAt.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${id}@${SERVER}>`,
      `In-Reply-To: ${message.internetMessageId}`,
      `References: ${message.internetMessageId}`,
      `Subject: ${fate.subject}: ${subjectOf(report)}`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=${type};${CRLF}\tboundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset="utf-8"',
      '',
      textOf(report),
      `--${boundary}`,
      `Content-Type: message/${type}`,
      '',
      ...(isReceipt ? dispositionOf(message, fate, recipient) : statusOf(message, fate, recipients)),
      ...(isReceipt
        ? []
        : [`--${boundary}`, 'Content-Type: text/rfc822-headers', '', headerOf(report.mime), '']),
      `--${boundary}--`,
      '',
    ].join(CRLF),
  );
}

/** Whether the recipient's mail program writes it, rather than a server. */
export function isReadReceipt({ action }: ReportedFate): boolean {
  return action === 'displayed' || action === 'deleted';
}

function statusOf(message: SentMessage, fate: ReportedFate, recipients: readonly string[]): string[] {
  const { action, status, diagnostic } = fate;
  const retry = new Date(message.receivedAt.getTime() + 24 * 3_600_000).toUTCString();
  return [
    `Reporting-MTA: dns;${SERVER}`,
    `Received-From-MTA: dns;${SERVER}`,
    `Arrival-Date: ${message.receivedAt.toUTCString()}`,
    '',
    ...recipients.flatMap((recipient) => [
      `Original-Recipient: rfc822;${recipient}`,
      `Final-Recipient: rfc822;${recipient}`,
      `Action: ${action}`,
      `Status: ${status}`,
      ...(diagnostic === '' ? [] : [`Diagnostic-Code: smtp;${diagnostic}`]),
      ...(action === 'failed' ? ['Remote-MTA: dns;mx.bounce.test'] : []),
      ...(action === 'delayed' ? [`Will-Retry-Until: ${retry}`] : []),
      '',
    ]),
  ];
}

function dispositionOf(message: SentMessage, { action }: ReportedFate, recipient: string): string[] {
  const mode =
    action === 'displayed' ? 'manual-action/MDN-sent-manually' : 'automatic-action/MDN-sent-automatically';
  return [
    `Reporting-UA: bounce.test; Microsoft Exchange`,
    `Final-Recipient: rfc822;${recipient}`,
    `Original-Message-ID: ${message.internetMessageId}`,
    `Disposition: ${mode}; ${action}`,
    '',
  ];
}

function textOf({ fate, recipients }: ReportAbout): string {
  const said = fate.diagnostic === '' ? [] : ['', `Remote server returned '${fate.diagnostic}'`];
  return [`${fate.subject}:`, '', ...recipients, ...said, ''].join(CRLF);
}

/** Encoded as in the message, so it needs no encoding here. */
function subjectOf({ mime }: ReportAbout): string {
  return readHeaderFields(mime)?.find(({ name }) => name.toLowerCase() === 'subject')?.value ?? '';
}

function headerOf(mime: Buffer): string {
  const end = mime.indexOf(CRLF + CRLF);
  return mime.subarray(0, end === -1 ? mime.length : end).toString();
}
