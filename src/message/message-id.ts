import { domainToASCII } from 'node:url';
import type { MailAddress } from '../mime/address';
import type { MailContent } from '../mime/mail-content';
import { fromOf, mailboxesOf } from './recipients';

/** What may say whose a message without From is. */
export interface Senders {
  /** From of messages that name none. */
  from: MailAddress | undefined;
  /** The mailbox that sends: an address, or an object id, which says nothing here. */
  userId: string;
  /** Sender of the envelope. */
  envelopeFrom: string | false;
  /** Its tenant: a domain name, or a GUID. */
  tenantId: string | undefined;
}

/** Where Nodemailer takes a Message-ID from. */
export interface GivenId {
  messageId: unknown;
  /** Headers in any form that Nodemailer takes. */
  headers: unknown;
}

/** Whether Nodemailer makes a Message-ID up, since the app gives none. */
export function isMadeUp({ messageId, headers }: GivenId): boolean {
  return !messageId && !namesIn(headers).some((name) => /^\s*message-id\s*$/i.test(name));
}

/** The names of headers: of an object of them, of `{ key, value }`, or of a list of these. */
function namesIn(headers: unknown): string[] {
  if (Array.isArray(headers)) return headers.flatMap(namesIn);
  if (typeof headers !== 'object' || headers === null) return [];
  const key = 'key' in headers && typeof headers.key === 'string' ? [headers.key] : [];
  return [...Object.keys(headers), ...key];
}

/** Nodemailer's own: `<` five groups of hex digits `@` domain `>`. */
const MADE_UP = /^<([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})@([^<>@]*)>$/;

/** Where no domain is known: one that is certain to belong to nobody (RFC 2606, section 2). */
const NO_DOMAIN = 'mailbox.invalid';

/**
 * A Message-ID in the place of one that Nodemailer made up. It takes the domain from the message's From, and knows
 * neither mailbox nor `from` option: without From it says `localhost`, or whatever stands in Sender, Reply-To or the
 * envelope. Recipients see it, and spam filters score it.
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
    senders.userId.includes('@') ? senders.userId : undefined,
    sender?.address,
    senders.envelopeFrom || undefined,
    senders.tenantId,
  ];
  const known = candidates.map(toDomain).find((candidate) => candidate !== undefined);
  return `<${unique}@${known ?? NO_DOMAIN}>`;
}

/** The message with another Message-ID than the one that Nodemailer made up. */
export function withMessageId(content: MailContent, madeUp: string, messageId: string): MailContent {
  const headers = content.headers.map((header) =>
    header.key === 'message-id' && header.value === madeUp ? { ...header, value: messageId } : header,
  );
  return { ...content, headers };
}

function toDomain(address: string | undefined): string | undefined {
  const domain = domainToASCII(address?.split('@').at(-1)?.trim() ?? '').toLowerCase();
  return isDomain(domain) ? domain : undefined;
}

/** Whether it is a domain name of at least two labels, which `localhost` and a GUID are not. */
function isDomain(name: string): boolean {
  return (
    /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)+$/i.test(name) && !/^[\d.]+$/.test(name)
  );
}
