import { MAX_INTERNET_MESSAGE_HEADERS, toInternetMessageHeaders, unnamedHeaders } from './headers';
import type { MailAttachment, MailContent } from './mail-content';
import { isFrom, mailboxesOf, RECEIPT_HEADERS } from './recipients';

/** Why a message does not go into JSON whole, in the order in which the reasons weigh. */
export type LossReason =
  | 'encrypted'
  | 'signed'
  | 'report'
  | 'invitation'
  | 'alternative'
  | 'several-from'
  | 'receipt-address'
  | 'content-location'
  | 'header'
  | 'too-many-headers';

/** Something of a message that Graph's JSON has no place for. */
export interface Loss {
  because: LossReason;
  /** What would be lost, in words. */
  what: string;
}

/** Everything of a message that JSON would lose, the weightiest first; nothing when JSON can carry it whole. */
export function jsonLosses(content: MailContent): Loss[] {
  const root = content.type.value;
  const parts = content.attachments;
  const custom = toInternetMessageHeaders(content);
  const table: [LossReason, string[]][] = [
    ['encrypted', anyOf('the encryption', root === 'multipart/encrypted' || parts.some(isEncrypted))],
    ['signed', anyOf('the signature', root === 'multipart/signed' || parts.some(isSigned))],
    ['report', anyOf('the delivery report', root === 'multipart/report' || parts.some(isReport))],
    ['invitation', anyOf('the invitation', parts.some(isInvitation))],
    ['alternative', parts.filter(isAlternative).map(({ type }) => `the alternative ${type.value}`)],
    ['several-from', anyOf('the second From', mailboxesOf(content, 'from').length > 1)],
    ['receipt-address', foreignReceipts(content)],
    [
      'content-location',
      anyOf(
        'Content-Location',
        parts.some(({ location }) => location !== undefined),
      ),
    ],
    ['header', unnamedHeaders(content).map((name) => `the header ${name}`)],
    ['too-many-headers', custom.slice(MAX_INTERNET_MESSAGE_HEADERS).map(({ name }) => `the header ${name}`)],
  ];
  return table.flatMap(([because, whats]) => whats.map((what) => ({ because, what })));
}

function anyOf(what: string, lost: boolean): string[] {
  return lost ? [what] : [];
}

function isEncrypted({ type }: MailAttachment): boolean {
  if (type.value === 'application/pgp-encrypted') return true;
  return isSmime(type.value) && !isSignedData(type.params);
}

function isSigned({ type }: MailAttachment): boolean {
  if (/^application\/(?:(?:x-)?pkcs7|pgp)-signature$/.test(type.value)) return true;
  return isSmime(type.value) && isSignedData(type.params);
}

function isSmime(type: string): boolean {
  return /^application\/(?:x-)?pkcs7-mime$/.test(type);
}

function isSignedData(params: Readonly<Record<string, string>>): boolean {
  return params['smime-type']?.toLowerCase() === 'signed-data';
}

function isReport({ type }: MailAttachment): boolean {
  return /^message\/(?:delivery-status|disposition-notification|feedback-report)$/.test(type.value);
}

/** A calendar part is an invitation where mail clients show it as one: not when it is a file to be saved. */
function isInvitation({ type, disposition, filename }: MailAttachment): boolean {
  if (type.value !== 'text/calendar' || disposition === 'attachment') return false;
  return type.params.method !== undefined || filename === undefined;
}

/** Text in a form that is neither plain nor HTML, and no file: AMP, a watch's version, Markdown. */
function isAlternative({ type, disposition, filename, contentId }: MailAttachment): boolean {
  if (!type.value.startsWith('text/') || type.value === 'text/calendar') return false;
  return disposition === undefined && filename === undefined && contentId === undefined;
}

/** JSON asks for receipts to the sender; to somebody else it cannot. */
function foreignReceipts(content: MailContent): string[] {
  return RECEIPT_HEADERS.flatMap((key) =>
    mailboxesOf(content, key)
      .filter(({ address }) => !isFrom(content, address))
      .map(({ address }) => `the receipt to ${address}`),
  );
}
