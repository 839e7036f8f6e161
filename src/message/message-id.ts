import { domainToASCII } from 'node:url';
import type { MailAddress } from '../mime/address';
import type { MailContent } from '../mime/mail-content';
import { fromOf, mailboxesOf } from './recipients';

/** What may tell who sends a message without From. */
export interface Senders {
  /** From for messages that have none. */
  from: MailAddress | undefined;
  /** The sending mailbox: an address, or an object id, which does not help here. */
  userId: string;
  /** The envelope's sender. */
  envelopeFrom: string | false;
  /** The tenant: a domain name, or a GUID. */
  tenantId: string | undefined;
}

/** Where Nodemailer takes a Message-ID from. */
export interface GivenId {
  messageId: unknown;
  /** Headers, in any form that Nodemailer accepts. */
  headers: unknown;
}

/** Whether Nodemailer makes up the Message-ID, because the app gives none. */
export function isMadeUp({ messageId, headers }: GivenId): boolean {
  return !messageId && !namesIn(headers).some((name) => /^\s*message-id\s*$/i.test(name));
}

/** The header names: from an object, from `{ key, value }`, or from a list of these. */
function namesIn(headers: unknown): string[] {
  if (Array.isArray(headers)) return headers.flatMap(namesIn);
  if (typeof headers !== 'object' || headers === null) return [];
  const key = 'key' in headers && typeof headers.key === 'string' ? [headers.key] : [];
  return [...Object.keys(headers), ...key];
}

/** Nodemailer's own format: `<` five groups of hex digits `@` domain `>`. */
const MADE_UP = /^<([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})@([^<>@]*)>$/;

/** Used if no domain is known: it can never belong to anyone (RFC 2606, section 2). */
const NO_DOMAIN = 'mailbox.invalid';

/**
 * A Message-ID to replace one that Nodemailer made up. Nodemailer takes the domain from the message's From and
 * knows neither the mailbox nor the `from` option, so without From it uses `localhost`, or the domain of
 * Sender, Reply-To or the envelope. Recipients see it, and spam filters score it.
 */
export function ownMessageId(madeUp: string, content: MailContent, senders: Senders): string {
  const [, unique, domain = ''] = MADE_UP.exec(madeUp) ?? [];
  if (unique === undefined) return madeUp;
  const [from] = fromOf(content);
  if (from && isDomain(domain)) return madeUp;
  const [sender] = mailboxesOf(content, 'sender');
  const candidates = [
    from?.address,
    senders.from?.address,
    senders.userId,
    sender?.address,
    senders.envelopeFrom || undefined,
    senders.tenantId,
  ];
  const known = candidates.map(toDomain).find((candidate) => candidate !== undefined);
  return `<${unique}@${known ?? NO_DOMAIN}>`;
}

/** The message, with this Message-ID in place of the one that Nodemailer made up. */
export function withMessageId(content: MailContent, madeUp: string, messageId: string): MailContent {
  if (messageId === madeUp) return content;
  const headers = content.headers.map((header) =>
    header.key === 'message-id' && header.value === madeUp ? { ...header, value: messageId } : header,
  );
  return { ...content, headers };
}

function toDomain(address: string | undefined): string | undefined {
  const domain = domainToASCII(address?.split('@').at(-1)?.trim() ?? '').toLowerCase();
  return isDomain(domain) ? domain : undefined;
}

/** Whether it is a domain name of at least two labels, unlike `localhost` or a GUID. */
function isDomain(name: string): boolean {
  return (
    /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)+$/i.test(name) && !/^[\d.]+$/.test(name)
  );
}
