import type { Recipient } from '@microsoft/microsoft-graph-types';
import { addressFault, type MailAddress, type Mailboxes, readMailboxes } from '../mime/address';
import { bytesOf, type MessagePiece } from '../mime/base64-content';
import { replaced } from '../mime/body-text';
import { decodeBytes } from '../mime/decode-text';
import {
  cleanLines,
  type HeaderBlock,
  type HeaderField,
  notAHeader,
  readHeaderBlock,
} from '../mime/header-block';
import { libmime } from '../mime/mail-packages';
import { QuotedPrintableContent } from '../mime/quoted-printable-content';
import type { GraphMessage } from './graph-message';
import { IMPORTANCE_HEADERS } from './header-carriers';
import type { Importance } from './importance';

/** What a MIME message says in addition to the app's own headers. */
export interface MimeOverrides {
  /** The sending mailbox, which stands in for a missing From. */
  userId: string;
  /** Overrides what the headers say about importance. */
  importance?: Importance | undefined;
  /** Overrides Keywords. */
  categories?: string[] | undefined;
  /** The Message-ID that Nodemailer made up, if the message has another in its place. */
  madeUpId?: string | undefined;
}

/**
 * The message as the MIME route sends it. It uses CRLF throughout, because Exchange garbles quoted-printable
 * text with bare line feeds. Its Bcc header names exactly the hidden recipients, because on this route Graph
 * takes recipients from the headers alone. Headers that JSON would take from the options are added if they are
 * missing. Everything else stays as it is, so signed parts stay signed.
 *
 * @param raw the message in pieces, which are not copied unless they have to be changed
 * @param message the same message as JSON, which contains the recipients and defaults
 * @param header the header of these pieces, if it has been read
 */
export function toMimeMessage<P extends MessagePiece>(
  raw: readonly (Buffer | P)[],
  message: GraphMessage,
  overrides: MimeOverrides,
  header?: HeaderBlock,
): (Buffer | P)[] {
  const { fields, isClean, rest } = splitHeader(raw, header);
  const { userId, importance, categories, madeUpId } = overrides;
  const replaced = new Set([
    'bcc',
    // The hidden recipients of a redirection are as secret as those of the message itself.
    'resent-bcc',
    ...(importance ? IMPORTANCE_HEADERS : []),
    ...(categories ? ['keywords'] : []),
  ]);
  const isMadeUp = ({ key, value }: HeaderField) => key === 'message-id' && value === madeUpId;
  const kept = fields.filter(
    (field) => !replaced.has(field.key) && !isEmptyDefault(field) && !isMadeUp(field),
  );
  const lines = kept.map((field) => withPlainAddresses(field, isClean)).join('');
  const mailbox = userId.includes('@') ? { emailAddress: { address: userId } } : undefined;
  let added = '';
  const add = (name: string, make: () => string) => {
    const key = name.toLowerCase();
    const value = kept.some((field) => field.key === key) ? '' : make();
    if (value) added += `${name}: ${value}\r\n`;
  };
  add('From', () => formatAddresses(toAddresses([message.from ?? mailbox])));
  add('Reply-To', () => formatAddresses(toAddresses(message.replyTo)));
  add('Message-ID', () => message.internetMessageId ?? '');
  add('Importance', () => importance ?? '');
  add('Keywords', () => (categories ?? []).map(formatText).join(',\r\n '));
  add('Bcc', () => formatAddresses(toAddresses(message.bccRecipients)));
  return [Buffer.from(added), Buffer.from(lines, 'latin1'), ...withCrlf(rest)];
}

/** An empty From names no one, and would hide the one from the options. */
function isEmptyDefault({ key, value }: HeaderField): boolean {
  return value === '' && /^(?:from|reply-to|message-id)$/.test(key);
}

/** Headers that tell Graph, or a recipient's mail program, whom to write to. */
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
 * The lines of a field. Graph takes the recipients from the headers and must find the same ones as we did. So a
 * recipient header stays as it is only if no parser can read it differently; otherwise it is rewritten, without
 * entries that have no address. Other address headers are rewritten only if nothing in them was guessed.
 */
function withPlainAddresses(field: HeaderField, isClean: boolean): string {
  const asWritten = () => (isClean ? field.source : cleanLines(field));
  const isRecipients = RECIPIENTS.has(field.key);
  if (!isRecipients && !OTHERS.has(field.key)) return asWritten();
  const { mailboxes, isPlain, isCertain } = field.mailboxes ?? mailboxesIn(field);
  const usable = mailboxes.filter(({ address }) => !addressFault(address));
  const isWhole = usable.length === mailboxes.length;
  if (isWhole && isPlain) return asWritten();
  if (!isRecipients && !(isWhole && usable.length > 0 && isCertain)) return asWritten();
  if (usable.length === 0) return '';
  return Buffer.from(`${field.name}: ${formatAddresses(usable)}\r\n`).toString('latin1');
}

function mailboxesIn({ value }: HeaderField): Mailboxes {
  const { text, fault } = decodeBytes(value);
  return readMailboxes(text, fault !== undefined);
}

function toAddresses(
  recipients: readonly (Recipient | null | undefined)[] | null | undefined,
): MailAddress[] {
  return (recipients ?? []).flatMap((recipient) => {
    const { name, address } = recipient?.emailAddress ?? {};
    return address ? [{ name: name ?? '', address }] : [];
  });
}

/** Formats mailboxes as the value of an address header. */
export function formatAddresses(addresses: readonly MailAddress[]): string {
  return addresses
    .map(({ name, address }) => (name ? `${formatName(name)} <${address}>` : address))
    .join(',\r\n ');
}

/** Formats free text as a header value: encoded unless it is plain ASCII, and never more than one line. */
function formatText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : libmime.encodeWord(text, 'Q', 52).replaceAll('?= =?', '?=\r\n =?');
}

function formatName(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : formatText(name);
}

/**
 * The header fields, whether their lines are clean already, and everything after them, including the empty line.
 *
 * @throws GraphTransportError `EMESSAGE` if the header contains something else, which could continue one of our
 *   fields
 */
function splitHeader<P extends MessagePiece>(
  raw: readonly (Buffer | P)[],
  known?: HeaderBlock,
): { fields: HeaderField[]; isClean: boolean; rest: (Buffer | P)[] } {
  const [start = Buffer.alloc(0), ...others] = raw;
  const first = Buffer.isBuffer(start) ? start : Buffer.concat([...bytesOf([start])]);
  const end = known ? bytesOfFields(known) : headerEnd(first);
  // The header is longer than the first piece, or there is nothing else.
  if ((end === undefined || end > first.length) && others.length > 0) {
    return splitHeader([Buffer.concat([...bytesOf(raw)])], known);
  }
  const text = first.toString('latin1', 0, end);
  const { fields, fault, hasBlankFold, hasSpacedName } = known ?? readHeaderBlock(text);
  if (fault) throw notAHeader(fault);
  const isClean = !hasBlankFold && !hasSpacedName && text.endsWith('\n') && !/(?<!\r)\n/.test(text);
  return { fields, isClean, rest: [first.subarray(end ?? first.length), ...others] };
}

function bytesOfFields({ fields }: HeaderBlock): number {
  return fields.reduce((bytes, { source }) => bytes + source.length, 0);
}

/** Where the empty line that ends the header begins; undefined if there is none. */
function headerEnd(mime: Buffer): number | undefined {
  for (let at = 0; at < mime.length; ) {
    if (mime[at] === LF || (mime[at] === CR && mime[at + 1] === LF)) return at;
    const lf = mime.indexOf(LF, at);
    if (lf === -1) break;
    at = lf + 1;
  }
  return undefined;
}

const CR = 0x0d;
const LF = 0x0a;

/** The same lines, each ended by CRLF instead of CR, LF or CRLF. Only pieces with other line ends are copied. */
function withCrlf<P extends MessagePiece>(pieces: readonly (Buffer | P)[]): (Buffer | P)[] {
  const written: (Buffer | P)[] = [];
  // A CRLF may begin in one piece and end in the next.
  let last: number | undefined;
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    // Its lines are whole: they follow an empty line, and do not end with a lone CR.
    if (!Buffer.isBuffer(piece)) {
      if (last === CR) written.push(Buffer.of(LF));
      written.push(piece instanceof QuotedPrintableContent ? piece.inCrlf() : piece);
      last = undefined;
      continue;
    }
    const begins = piece[0] === LF;
    if (begins !== (last === CR)) written.push(Buffer.of(begins ? CR : LF));
    written.push(hasOnlyCrlfWithin(piece) ? piece : withCrlfWithin(piece));
    last = piece[piece.length - 1];
  }
  if (last === CR) written.push(Buffer.of(LF));
  return written;
}

/**
 * The line ends between the first byte and the last, each of which may be half of one. Strings are split in a third of
 * the time of a loop over bytes.
 */
function withCrlfWithin(piece: Buffer): Buffer {
  const start = piece[0] === LF ? 1 : 0;
  const end = piece.at(-1) === CR ? piece.length - 1 : piece.length;
  const lines = replaced(replaced(piece.toString('latin1', start, end), '\r\n', '\n'), '\r', '\n');
  const text = replaced(lines, '\n', '\r\n');
  return Buffer.from(`${start > 0 ? '\n' : ''}${text}${end < piece.length ? '\r' : ''}`, 'latin1');
}

/** Shorter lines than this on average are faster to check byte by byte. */
const SHORT_LINE_BYTES = 16;

/** Whether each CR and each LF is part of a CRLF, but for an LF at the beginning and a CR at the end. */
function hasOnlyCrlfWithin(piece: Buffer): boolean {
  let lines = 0;
  for (let lf = piece.indexOf(LF, 1); lf !== -1; lf = piece.indexOf(LF, lf + 1)) {
    if (piece[lf - 1] !== CR) return false;
    if (++lines * SHORT_LINE_BYTES > piece.length) return hasOnlyCrlfByteByByte(piece);
  }
  const end = piece.length - 1;
  for (let cr = piece.indexOf(CR); cr !== -1 && cr < end; cr = piece.indexOf(CR, cr + 1)) {
    if (piece[cr + 1] !== LF) return false;
  }
  return true;
}

function hasOnlyCrlfByteByByte(piece: Buffer): boolean {
  for (let at = 1; at < piece.length; at++) {
    if ((piece[at - 1] === CR) !== (piece[at] === LF)) return false;
  }
  return true;
}
