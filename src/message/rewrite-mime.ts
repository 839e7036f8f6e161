import type { Recipient } from '@microsoft/microsoft-graph-types';
import libmime from 'libmime';
import { addressFault, type MailAddress, readMailboxes } from '../mime/address';
import { decodeBytes } from '../mime/decode-text';
import { type HeaderField, notAHeader, readHeaderBlock } from '../mime/header-block';
import type { GraphMessage } from './graph-message';
import { IMPORTANCE_HEADERS } from './header-carriers';
import type { Importance } from './importance';

/** What a message as MIME says other than the app's own headers. */
export interface MimeOverrides {
  /** The mailbox that sends, which stands in for a From that nobody gave. */
  userId: string;
  /** Instead of what the headers say of importance. */
  importance?: Importance | undefined;
  /** Instead of Keywords. */
  categories?: string[] | undefined;
  /** The Message-ID that Nodemailer made up, where the message has another in its place. */
  madeUpId?: string | undefined;
}

/**
 * The message as the MIME route sends it: CRLF throughout, since Exchange garbles quoted-printable text with
 * bare line feeds, and with a Bcc header that names exactly the hidden recipients, since on this route
 * Graph knows recipients from the headers alone. Headers that JSON would take from the options are added
 * where they are missing. All else is left as it is: signed parts stay signed.
 *
 * @param message the same message as JSON, which knows recipients and defaults
 */
export function toMimeMessage(raw: Buffer, message: GraphMessage, overrides: MimeOverrides): Buffer {
  const { fields, rest } = splitHeader(raw);
  const { userId, importance, categories, madeUpId } = overrides;
  const replaced = new Set([
    'bcc',
    // Hidden recipients of a redirection are as much a secret as those of the message itself.
    'resent-bcc',
    ...(importance ? IMPORTANCE_HEADERS : []),
    ...(categories ? ['keywords'] : []),
  ]);
  const isMadeUp = ({ key, value }: HeaderField) => key === 'message-id' && value === madeUpId;
  const kept = fields.filter(
    (field) => !replaced.has(field.key) && !isEmptyDefault(field) && !isMadeUp(field),
  );
  const written = kept.map((field) => ({ key: field.key, text: withPlainAddresses(field) }));
  const present = new Set(written.flatMap(({ key, text }) => (text === '' ? [] : [key])));
  const mailbox = userId.includes('@') ? { emailAddress: { address: userId } } : undefined;
  const own: [name: string, value: string][] = [
    ['From', formatAddresses(toAddresses([message.from ?? mailbox]))],
    ['Reply-To', formatAddresses(toAddresses(message.replyTo))],
    ['Message-ID', message.internetMessageId ?? ''],
    ['Importance', importance ?? ''],
    ['Keywords', (categories ?? []).map(formatText).join(',\r\n ')],
    ['Bcc', formatAddresses(toAddresses(message.bccRecipients))],
  ];
  const added = own
    .filter(([name, value]) => value && !present.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const header = written.map(({ text }) => text).join('');
  return Buffer.concat([Buffer.from(added.join('')), Buffer.from(header, 'latin1'), withCrlf(rest)]);
}

/** An empty From says nothing, and would keep the one of the options out. */
function isEmptyDefault({ key, value }: HeaderField): boolean {
  return value === '' && /^(?:from|reply-to|message-id)$/.test(key);
}

/** Headers from which Graph, or the program of a recipient, takes whom to write to. */
const RECIPIENTS: ReadonlySet<string> = new Set(['to', 'cc', 'resent-to', 'resent-cc']);
const OTHERS: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  'resent-from',
  'resent-sender',
  'disposition-notification-to',
  'return-receipt-to',
]);

/**
 * The lines of a field. Graph reads the recipients from the headers, and must see in them whom we have seen: such
 * a header stays as it is only if no parser can read anything else in it, and is written anew otherwise, without
 * entries that have no address. What names no recipients is written anew where nothing of it is a guess.
 */
function withPlainAddresses(field: HeaderField): string {
  const isRecipients = RECIPIENTS.has(field.key);
  if (!isRecipients && !OTHERS.has(field.key)) return linesOf(field);
  const { text, fault } = decodeBytes(field.value);
  const { mailboxes, isPlain, isCertain } = readMailboxes(text, fault !== undefined);
  const usable = mailboxes.filter(({ address }) => !addressFault(address));
  const isWhole = usable.length === mailboxes.length;
  if (isWhole && isPlain) return linesOf(field);
  if (!isRecipients && !(isWhole && usable.length > 0 && isCertain)) return linesOf(field);
  if (usable.length === 0) return '';
  return Buffer.from(`${field.name}: ${formatAddresses(usable)}\r\n`).toString('latin1');
}

/**
 * A field as it stands, without lines of white space, at which some readers end the header, and without white
 * space before its colon, which to some of them is no field.
 */
function linesOf({ name, source }: HeaderField): string {
  const lines = `${name}${source.slice(source.indexOf(':'))}`
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  return lines.map((line) => `${line}\r\n`).join('');
}

function toAddresses(
  recipients: readonly (Recipient | null | undefined)[] | null | undefined,
): MailAddress[] {
  return (recipients ?? []).flatMap((recipient) => {
    const { name, address } = recipient?.emailAddress ?? {};
    return address ? [{ name: name ?? '', address }] : [];
  });
}

/** Mailboxes as the value of an address header. */
export function formatAddresses(addresses: readonly MailAddress[]): string {
  return addresses
    .map(({ name, address }) => (name ? `${formatName(name)} <${address}>` : address))
    .join(',\r\n ');
}

/** Free text as a header value: encoded where it is not plain ASCII, and never more than one line's worth. */
function formatText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : libmime.encodeWord(text, 'Q', 52).replaceAll('?= =?', '?=\r\n =?');
}

function formatName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : formatText(name);
}

/**
 * The header fields, and all that follows them, the empty line included.
 *
 * @throws GraphTransportError `EMESSAGE` when something else stands among them: it could continue a field of ours
 */
function splitHeader(mime: Buffer): { fields: HeaderField[]; rest: Buffer } {
  const end = headerEnd(mime);
  const { fields, fault } = readHeaderBlock(mime.toString('latin1', 0, end));
  if (fault) throw notAHeader(fault);
  return { fields, rest: mime.subarray(end) };
}

/** Where the empty line begins that ends the header; where the message ends if it has none. */
function headerEnd(mime: Buffer): number {
  for (let at = 0; at < mime.length; ) {
    if (mime[at] === LF || (mime[at] === CR && mime[at + 1] === LF)) return at;
    const lf = mime.indexOf(LF, at);
    if (lf === -1) break;
    at = lf + 1;
  }
  return mime.length;
}

const CR = 0x0d;
const LF = 0x0a;

/** The same lines, each ended by CRLF, whether it was by CR, LF or both. */
function withCrlf(raw: Buffer): Buffer {
  let bare = 0;
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === LF ? raw[at - 1] !== CR : raw[at] === CR && raw[at + 1] !== LF) bare++;
  }
  if (bare === 0) return raw;
  const mime = Buffer.alloc(raw.length + bare);
  let to = 0;
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at] ?? 0;
    if (byte === LF && raw[at - 1] !== CR) mime[to++] = CR;
    mime[to++] = byte;
    if (byte === CR && raw[at + 1] !== LF) mime[to++] = LF;
  }
  return mime;
}
