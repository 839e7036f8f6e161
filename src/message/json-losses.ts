import {
  MAX_INTERNET_MESSAGE_HEADERS,
  repeatedHeaders,
  toInternetMessageHeaders,
  unnamedHeaders,
} from './headers';
import type { MailContent } from './mail-content';
import { isBodyText, type MailPart, walk } from './mail-part';
import { isFrom, mailboxesOf, RECEIPT_HEADERS } from './recipients';

/** Why a message does not go into JSON whole, in the order in which the reasons weigh. */
export type LossReason =
  | 'encrypted'
  | 'signed'
  | 'report'
  | 'invitation'
  | 'alternative'
  | 'structure'
  | 'charset'
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

type Around = readonly MailPart[];

/** Everything of a message that JSON would lose, the weightiest first; nothing when JSON can carry it whole. */
export function jsonLosses(content: MailContent): Loss[] {
  const parts = [...walk(content.structure)];
  const some = (is: (part: MailPart, around: Around) => boolean) =>
    parts.some(([part, around]) => is(part, around));
  const whatOf = (is: (part: MailPart, around: Around) => boolean, what: (part: MailPart) => string) =>
    parts.filter(([part, around]) => is(part, around)).map(([part]) => what(part));
  const custom = toInternetMessageHeaders(content);
  const table: [LossReason, string[]][] = [
    ['encrypted', anyOf('the encryption', some(isEncrypted))],
    ['signed', anyOf('the signature', some(isSigned))],
    ['report', anyOf('the delivery report', some(isReport))],
    ['invitation', anyOf('the invitation', some(isInvitation))],
    ['alternative', whatOf(isAlternative, ({ type }) => `the alternative ${type}`)],
    ['structure', whatOf(isUnknownMultipart, ({ type }) => `the parts of ${type}`)],
    ['structure', whatOf(isLostText, ({ type }) => `a second body, ${type}`)],
    ['charset', whatOf(isUndecodable, ({ params }) => `text in the charset ${params.charset}`)],
    [
      'charset',
      anyOf('characters that are none in their charset', /\ufffd/.test(content.html ?? content.text ?? '')),
    ],
    ['several-from', anyOf('the second From', mailboxesOf(content, 'from').length > 1)],
    ['receipt-address', foreignReceipts(content)],
    [
      'content-location',
      anyOf(
        'Content-Location',
        content.attachments.some(({ location }) => location !== undefined),
      ),
    ],
    ['header', [...unnamedHeaders(content), ...repeatedHeaders(content)].map((name) => `the header ${name}`)],
    ['too-many-headers', custom.slice(MAX_INTERNET_MESSAGE_HEADERS).map(({ name }) => `the header ${name}`)],
  ];
  return table.flatMap(([because, whats]) => whats.map((what) => ({ because, what })));
}

function anyOf(what: string, lost: boolean): string[] {
  return lost ? [what] : [];
}

function isEncrypted(part: MailPart): boolean {
  if (part.type === 'multipart/encrypted' || part.type === 'application/pgp-encrypted') return true;
  if (/\.p7m$/i.test(part.filename ?? '')) return !isSignedData(part);
  return isSmime(part) && !isSignedData(part);
}

function isSigned(part: MailPart): boolean {
  if (part.type === 'multipart/signed') return true;
  if (/^application\/(?:(?:x-)?pkcs7|pgp)-signature$/.test(part.type)) return true;
  return isSmime(part) && isSignedData(part);
}

function isSmime({ type }: MailPart): boolean {
  return /^application\/(?:x-)?pkcs7-mime$/.test(type);
}

function isSignedData({ params }: MailPart): boolean {
  return params['smime-type']?.toLowerCase() === 'signed-data';
}

function isReport({ type }: MailPart): boolean {
  return (
    type === 'multipart/report' ||
    /^message\/(?:delivery-status|disposition-notification|feedback-report)$/.test(type)
  );
}

/** A calendar part is an invitation where mail clients show it as one: not when it is a file to be saved. */
function isInvitation({ type, params, disposition, filename }: MailPart, [parent]: Around): boolean {
  if (type !== 'text/calendar') return false;
  if (parent?.type === 'multipart/alternative') return true;
  return disposition !== 'attachment' && (params.method !== undefined || filename === undefined);
}

/** One more form of the body, neither plain text nor HTML: AMP, a watch's version, Markdown. */
function isAlternative({ type, disposition, filename }: MailPart, [parent]: Around): boolean {
  if (/^(?:text\/(?:plain|html|calendar)|multipart\/.*)$/.test(type)) return false;
  if (parent?.type === 'multipart/alternative') return true;
  return (
    type.startsWith('text/') &&
    disposition === '' &&
    filename === undefined &&
    parent?.type !== 'multipart/related'
  );
}

/** JSON knows parts that belong together in these ways; what others mean only MIME can say. */
function isUnknownMultipart({ type, params }: MailPart): boolean {
  if (!type.startsWith('multipart/')) return false;
  return !params.boundary || !/^multipart\/(?:mixed|related|alternative|signed|encrypted|report)$/.test(type);
}

/**
 * Body text that is one of several forms, though not the other form of HTML: JSON has one body, and mailparser
 * leaves out what stands in an alternative as soon as there is HTML anywhere.
 */
function isLostText(part: MailPart, around: Around): boolean {
  if (!isBodyText(part)) return false;
  const depth = around.findIndex(({ type }) => type === 'multipart/alternative');
  const alternative = around[depth];
  if (!alternative) return false;
  const branch = depth === 0 ? part : around[depth - 1];
  const others = alternative.children.filter((child) => child !== branch);
  if (part.type === 'text/html') return others.some(hasHtml);
  if (others.some(hasHtml)) return false;
  const root = around.at(-1) ?? part;
  return hasHtml(root) || others.some((other) => [...walk(other)].some(([leaf]) => isBodyText(leaf)));
}

function hasHtml(part: MailPart): boolean {
  return [...walk(part)].some(([leaf]) => leaf.type === 'text/html' && isBodyText(leaf));
}

/** Charsets of which mailparser leaves the bytes as they are. */
function isUndecodable(part: MailPart): boolean {
  return (
    isBodyText(part) &&
    /^(?:utf-?7|unicode-1-1-utf-7|hz(?:-gb-2312)?|iso-2022-(?:kr|cn).*|johab|utf-?32.*)$/i.test(
      part.params.charset ?? '',
    )
  );
}

/** JSON asks for receipts to the sender; to somebody else it cannot. */
function foreignReceipts(content: MailContent): string[] {
  return RECEIPT_HEADERS.flatMap((key) =>
    mailboxesOf(content, key)
      .filter(({ address }) => !isFrom(content, address))
      .map(({ address }) => `the receipt to ${address}`),
  );
}
