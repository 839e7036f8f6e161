import { type ReportField, type ReportMail, readFields } from '../mime/read-report';
import type { ReportedRecipient } from './bounce';
import { readDeliveryStatus } from './delivery-status';
import { addressesIn, addressIn, isAddress, messageIdIn } from './report-address';
import { TextReasons } from './text-reasons';
import { beforeCopy, readTextReport } from './text-report';

/** What a report says. */
export interface Report {
  /** The Message-ID of the message that it is about. */
  messageId: string | undefined;
  /** Each recipient once. */
  recipients: ReportedRecipient[];
}

const DELIVERY_STATUS = /^message\/(?:global-)?delivery-status$/;
const DISPOSITION = /^message\/(?:global-)?disposition-notification$/;
/** The message that a report is about, or its header. */
const RETURNED = /^(?:message\/(?:rfc822|global|global-headers|rfc822-headers)|text\/rfc822(?:-headers)?)$/;

/** Where fields of message/delivery-status begin. */
const STATUS_FIELDS = /^(?:Reporting-MTA|Original-Recipient|Final-Recipient):/im;
/** How far below the start those of the first recipient are. */
const STATUS_BYTES = 4000;

/** The senders of reports: names of programs, which people do not have. */
const DAEMON =
  /^(?:mailer-?daemon|mail-?daemon|mdaemon|post-?master|microsoftexchange[\da-f]{32}|mail-?delivery(?:-?(?:sub)?system)?|mail-?system|bounces?)(?:[+@]|$)/i;

/**
 * What a mail reports; undefined if it is no report. A report comes as multipart/report or from a mail server: a mail
 * from anyone else that merely contains one, such as a forward, reports nothing.
 */
export function readBounces(mail: ReportMail): Report | undefined {
  const failed = failedRecipients(mail);
  const isReport = mail.type === 'multipart/report';
  if (!isReport && failed.length === 0 && !isFromServer(mail)) return undefined;
  const returned = returnedHeader(mail);
  const reasons = new TextReasons(beforeCopy(mail.text));
  const mayBeText = !isReport || /^(?:delivery-status)?$/.test(mail.reportType);
  const ofReturned = onlyRecipient(returned);
  const statuses = statusParts(mail, mayBeText).flatMap((content) =>
    readDeliveryStatus(content, failed.length > 0 ? failed : ofReturned, reasons),
  );
  const recipients = [...readReceipts(mail), ...statuses];
  if (recipients.length === 0 && mayBeText) {
    recipients.push(...readTextReport(mail, reasons, failed, ofReturned));
  }
  if (recipients.length === 0) return undefined;
  return { messageId: messageIdOf(mail, returned), recipients: onceEach(recipients) };
}

/** The parts message/delivery-status, or else what looks like one: gateways that rewrite mail turn them into text. */
function statusParts({ parts, text }: ReportMail, mayBeText: boolean): Buffer[] {
  const marked = parts.filter(({ type }) => DELIVERY_STATUS.test(type)).map(({ content }) => content);
  if (marked.length > 0 || !mayBeText) return marked;
  const files = parts.filter(({ type }) => /^(?:text\/plain|application\/octet-stream)$/.test(type));
  return [...files.map(({ content }) => content), Buffer.from(beforeCopy(text))].flatMap((content) => {
    const all = content.toString('latin1');
    const at = STATUS_FIELDS.exec(all)?.index ?? all.length;
    const fields = all.slice(at, at + STATUS_BYTES);
    const isStatus = /^(?:Final|Original)-Recipient:/im.test(fields) && /^(?:Action|Status):/im.test(fields);
    return isStatus ? [content.subarray(at)] : [];
  });
}

/** What mail programs say (RFC 8098). */
function readReceipts({ parts, fields: header }: ReportMail): ReportedRecipient[] {
  return parts
    .filter(({ type }) => DISPOSITION.test(type))
    .flatMap(({ content }) => {
      const fields = readFields(content.toString('latin1').trimStart());
      const original = addressIn(fieldOf(fields, 'original-recipient'));
      const final = addressIn(fieldOf(fields, 'final-recipient'));
      // Whoever reads a message sends its receipt.
      const recipient = original ?? final ?? addressIn(fieldOf(header, 'from'));
      const action = dispositionIn(fieldOf(fields, 'disposition') ?? '');
      if (recipient === undefined || action === undefined || TELLS_NOTHING.has(action)) return [];
      return [
        {
          kind: action === 'displayed' ? 'read' : 'unread',
          recipient,
          finalRecipient: final?.toLowerCase() === recipient.toLowerCase() ? undefined : final,
          action,
        },
      ];
    });
}

/** Types that say nothing about the message: the receipt failed, or the recipient does not wish to tell. */
const TELLS_NOTHING: ReadonlySet<string> = new Set(['failed', 'denied']);

/** "manual-action/MDN-sent-manually; displayed (opened)": what counts comes last, before any "/error". */
function dispositionIn(field: string): string | undefined {
  const text = field.toLowerCase().replace(/\([^()]*\)/g, '');
  return /([a-z]+)\s*(?:\/[^;]*)?\s*$/.exec(text)?.[1];
}

function isFromServer({ fields }: ReportMail): boolean {
  const from = fieldOf(fields, 'from') ?? '';
  // Courier writes no name before the @.
  if (/<(?:@[^<>]*)?>\s*$/.test(from)) return true;
  return isServer(addressIn(from) ?? from.replace(/^.*<|>.*$/g, '').trim());
}

/** Whether an address, or what stands in its place, belongs to a mail server. */
export function isServer(address: string): boolean {
  return DAEMON.test(address);
}

/** Exim and Gmail name the recipients in the header. */
function failedRecipients({ fields }: ReportMail): string[] {
  return fields
    .filter(({ key }) => key === 'x-failed-recipients')
    .flatMap(({ value }) => value.split(',').map((address) => address.trim()))
    .filter(isAddress);
}

function returnedHeader({ parts }: ReportMail): ReportField[] {
  const part = parts.findLast(({ type }) => RETURNED.test(type));
  return part ? readFields(part.content.toString('latin1').replace(/^\s+/, '')) : [];
}

/** The recipient of the returned message, if it has just one. */
function onlyRecipient(returned: readonly ReportField[]): string[] {
  const all = ['to', 'cc', 'bcc'].flatMap((key) => addressesIn(fieldOf(returned, key) ?? ''));
  return all.length === 1 ? all : [];
}

function messageIdOf(
  { fields, parts, text }: ReportMail,
  returned: readonly ReportField[],
): string | undefined {
  const receipt = parts.find(({ type }) => DISPOSITION.test(type));
  const inReceipt = receipt && readFields(receipt.content.toString('latin1').trimStart());
  // A report in running text ends with a copy of the message, which few servers leave unannounced.
  const [inCopy, inText] = [text.slice(beforeCopy(text).length), text].map(
    (part) => /^[ \t>]*message-id:\s*(<[^<>\s]+>)/im.exec(part)?.[1],
  );
  // Gmail's, which does not always return the header.
  const inStatus = parts
    .filter(({ type }) => DELIVERY_STATUS.test(type))
    .map(({ content }) =>
      fieldOf(readFields(content.toString('latin1').trimStart()), 'x-original-message-id'),
    );
  const candidates = [
    ...inStatus,
    inReceipt && fieldOf(inReceipt, 'original-message-id'),
    fieldOf(returned, 'message-id'),
    inCopy,
    inText,
    fieldOf(fields, 'in-reply-to'),
    fieldOf(fields, 'references'),
  ];
  return candidates.map(messageIdIn).find((id) => id !== undefined);
}

function fieldOf(fields: readonly ReportField[], key: string): string | undefined {
  return fields.find((field) => field.key === key)?.value;
}

function onceEach(recipients: readonly ReportedRecipient[]): ReportedRecipient[] {
  const byAddress = new Map<string, ReportedRecipient>();
  for (const reported of recipients) {
    const key = reported.recipient.toLowerCase();
    if (!byAddress.has(key)) byAddress.set(key, reported);
  }
  return [...byAddress.values()];
}
