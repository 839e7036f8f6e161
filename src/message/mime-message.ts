import type { Recipient } from '@microsoft/microsoft-graph-types';
import libmime from 'libmime';
import { type MailAddress, parseAddresses } from './address';
import type { GraphMessage } from './graph-message';
import { IMPORTANCE_HEADERS } from './headers';
import type { Importance } from './importance';

/** What a message as MIME says other than the app's own headers. */
export interface MimeOverrides {
  /** The mailbox that sends, which stands in for a From that nobody gave. */
  userId: string;
  /** Instead of what the headers say of importance. */
  importance?: Importance | undefined;
  /** Instead of Keywords. */
  categories?: string[] | undefined;
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
  const { fields, rest } = splitHeader(withCrlf(raw));
  const { userId, importance, categories } = overrides;
  const replaced = new Set([
    'bcc',
    // Hidden recipients of a redirection are as much a secret as those of the message itself.
    'resent-bcc',
    ...(importance ? IMPORTANCE_HEADERS : []),
    ...(categories ? ['keywords'] : []),
  ]);
  const kept = fields
    .filter((field) => !replaced.has(nameOf(field)) && !isEmptyDefault(field))
    .map(withPlainAddresses);
  const present = new Set(kept.map(nameOf));
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
  return Buffer.concat([Buffer.from(added.join('')), Buffer.from(kept.join(''), 'latin1'), rest]);
}

/** An empty From says nothing, and would keep the one of the options out. */
function isEmptyDefault(field: string): boolean {
  return /^(?:from|reply-to|message-id)[ \t]*:\s*$/i.test(field);
}

const ADDRESS_HEADERS: ReadonlySet<string> = new Set(['from', 'sender', 'reply-to', 'to', 'cc']);

/**
 * Graph reads the recipients from the headers, and must see in them whom we have seen. So an address header is
 * written anew when it is in UTF-8, since Graph takes domains in ASCII only, and when it has an `@` that is in
 * none of its addresses, where another reader might find one more.
 */
function withPlainAddresses(field: string): string {
  if (!ADDRESS_HEADERS.has(nameOf(field))) return field;
  const colon = field.indexOf(':');
  const value = Buffer.from(field.slice(colon + 1), 'latin1')
    .toString()
    .replaceAll('\r\n', '');
  const addresses = parseAddresses(value);
  const outsideQuotes = value.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const plain = /^\p{ASCII}*$/u.test(field) && outsideQuotes.split('@').length === addresses.length + 1;
  if (plain || addresses.length === 0) return field;
  const rewritten = `${field.slice(0, colon)}: ${formatAddresses(addresses)}\r\n`;
  return Buffer.from(rewritten).toString('latin1');
}

function toAddresses(
  recipients: readonly (Recipient | null | undefined)[] | null | undefined,
): MailAddress[] {
  return (recipients ?? []).flatMap((recipient) => {
    const { name, address } = recipient?.emailAddress ?? {};
    return address ? [{ name: name ?? '', address }] : [];
  });
}

function formatAddresses(addresses: readonly MailAddress[]): string {
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

function nameOf(field: string): string {
  return (/^([^:\s]+)[ \t]*:/.exec(field)?.[1] ?? '').toLowerCase();
}

/** The header fields, folds and line ends included, and all that follows them, the empty line included. */
function splitHeader(mime: Buffer): { fields: string[]; rest: Buffer } {
  const end = mime.subarray(0, 2).equals(CRLF) ? 0 : mime.indexOf('\r\n\r\n') + 2;
  const block = mime.toString('latin1', 0, end < 2 && end !== 0 ? mime.length : end);
  return {
    fields: block.match(/[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*/g) ?? [],
    rest: mime.subarray(block.length),
  };
}

const CRLF = Buffer.from('\r\n');
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
