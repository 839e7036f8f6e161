import type { MailAddress } from '../mime/address';
import {
  isBodyText,
  type Loss,
  type LossReason,
  type MailContent,
  type MailHeader,
  type MailPart,
  walk,
} from '../mime/mail-content';
import { surplusHeaders, unnamedHeaders } from './header-carriers';
import { fromOf, isFrom, mailboxesOf, RECEIPT_HEADERS } from './recipients';

type Around = readonly MailPart[];

/**
 * Everything in a message that JSON would lose, most important first; empty if JSON can carry it whole.
 *
 * @param controls control characters in what will become JSON, in words
 */
export function jsonLosses(content: MailContent, controls: readonly string[] = []): Loss[] {
  const parts = walk(content.structure);
  const found = (reason: LossReason) =>
    content.losses.filter(({ because }) => because === reason).map(({ what }) => what);
  const from = fromOf(content);
  const losses: Loss[] = [];
  const add = (because: LossReason, whats: readonly string[]) => {
    if (whats.length > 0) for (const what of new Set(whats)) losses.push({ because, what });
  };
  for (const [because, whats] of lossesOfParts(parts)) add(because, whats);
  add('structure', lostTexts(content.structure, parts));
  add('structure', found('structure'));
  add('encoding', found('encoding'));
  add('charset', found('charset'));
  add('control-characters', [...controls, ...controlsInNames(content)]);
  if (from.length > 1) add('several-from', ['the second From']);
  add('receipt-address', foreignReceipts(content, from));
  add('content-location', found('content-location'));
  for (const header of unnamedHeaders(content)) losses.push(headerLoss('header', header));
  for (const header of surplusHeaders(content)) losses.push(headerLoss('too-many-headers', header));
  return losses;
}

/** What JSON cannot say of these parts. */
function lossesOfParts(parts: readonly [MailPart, Around][]): [LossReason, readonly string[]][] {
  const whatOf = (is: (part: MailPart, around: Around) => boolean, what: (part: MailPart) => string) =>
    parts.filter(([part, around]) => is(part, around)).map(([part]) => what(part));
  const anyOf = (what: string, is: (part: MailPart, around: Around) => boolean) =>
    parts.some(([part, around]) => is(part, around)) ? [what] : [];
  return [
    ['encrypted', anyOf('the encryption', isEncrypted)],
    ['signed', anyOf('the signature', isSigned)],
    ['report', anyOf('the delivery report', isReport)],
    ['invitation', anyOf('the invitation', isInvitation)],
    ['alternative', whatOf(isAlternative, ({ type }) => `the alternative ${type}`)],
    ['structure', whatOf(isUnknownMultipart, ({ type }) => `the parts of ${type}`)],
  ];
}

function headerLoss(because: LossReason, header: MailHeader): Loss {
  return { because, what: `the header ${header.name}`, header };
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

/** A calendar part is an invitation if mail clients show it as one, but not if it is a file to be saved. */
function isInvitation({ type, params, disposition, filename }: MailPart, [parent]: Around): boolean {
  if (type !== 'text/calendar') return false;
  if (parent?.type === 'multipart/alternative') return true;
  return disposition !== 'attachment' && (params.method !== undefined || filename === undefined);
}

/** Another form of the body that is neither plain text nor HTML: AMP, a version for watches, Markdown. */
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

/** JSON can express these ways for parts to belong together; only MIME can express others. */
function isUnknownMultipart({ type, params }: MailPart): boolean {
  if (!type.startsWith('multipart/')) return false;
  return !params.boundary || !/^multipart\/(?:mixed|related|alternative|signed|encrypted|report)$/.test(type);
}

/**
 * Body text that is an alternative, but not to HTML. JSON has one body, and mailparser drops text in an
 * alternative as soon as there is HTML anywhere.
 */
function lostTexts(root: MailPart, parts: readonly [MailPart, Around][]): string[] {
  const counts = new Map<MailPart, { html: number; text: number }>();
  const count = (part: MailPart): { html: number; text: number } => {
    const isHtml = part.type === 'text/html';
    const total = isBodyText(part) ? { html: isHtml ? 1 : 0, text: 1 } : { html: 0, text: 0 };
    for (const child of part.children) {
      const { html, text } = count(child);
      total.html += html;
      total.text += text;
    }
    counts.set(part, total);
    return total;
  };
  const all = count(root);
  const isLost = (part: MailPart, around: Around): boolean => {
    const depth = around.findIndex(({ type }) => type === 'multipart/alternative');
    const alternative = around[depth];
    if (!alternative) return false;
    const whole = counts.get(alternative) ?? all;
    const branch = counts.get((depth === 0 ? undefined : around[depth - 1]) ?? part) ?? all;
    const otherHtml = whole.html - branch.html;
    if (part.type === 'text/html') return otherHtml > 0;
    return otherHtml === 0 && (all.html > 0 || whole.text > branch.text);
  };
  return parts.flatMap(([part, around]) =>
    isBodyText(part) && isLost(part, around) ? [`a second body, ${part.type}`] : [],
  );
}

/** JSON replaces them by spaces in the name of an attachment. */
function controlsInNames({ attachments }: MailContent): string[] {
  const isBent = attachments.some(({ filename }) => /\p{Cc}/u.test(filename ?? ''));
  return isBent ? ['control characters in an attachment'] : [];
}

/** JSON can request receipts to the sender, but not to anyone else. */
function foreignReceipts(content: MailContent, from: readonly MailAddress[]): string[] {
  return RECEIPT_HEADERS.flatMap((key) =>
    mailboxesOf(content, key)
      .filter(({ address }) => !isFrom(from, address))
      .map(({ address }) => `the receipt to ${address}`),
  );
}
