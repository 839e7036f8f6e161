import { domainToASCII } from 'node:url';
import { parseAddressHeader } from 'mailparser';
import { asciiLowerCase } from '../ascii-case';
import { readAddressList } from './address-list';
import { decodeWords } from './decode-text';

/** One mailbox of an address header or option. */
export interface MailAddress {
  /** Display name, decoded; empty when there is none. */
  name: string;
  /** `local@domain`, the domain in ASCII, as Graph wants it. */
  address: string;
}

/** Headers that name mailboxes, as far as they matter here. */
export const ADDRESS_HEADERS = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'resent-to',
  'resent-cc',
  'disposition-notification-to',
  'return-receipt-to',
] as const;

/** The mailboxes of an address header value, and how sure it is that any parser finds the same. */
export interface Mailboxes {
  mailboxes: MailAddress[];
  /** Whether the value follows the grammar, so that there is no guess in what is read of it. */
  isCertain: boolean;
  /** Whether any parser reads the same in it, and Graph can use what stands there. */
  isPlain: boolean;
}

/** What is longer than this, and does not follow the grammar, is not guessed at: it is one bad address. */
const MAX_CARELESS = 32 * 1024;

/**
 * The mailboxes of one address header value (`"Ann" <ann@example.com>, team: b@example.com;`), in order:
 * encoded words decoded, comments gone, groups flattened to their members. What does not follow the grammar is
 * read as mail clients read it. Addresses are not checked: see `addressFault`.
 *
 * @param isGuess whether what is beyond ASCII is guessed: such an address can only be refused
 */
export function readMailboxes(value: string, isGuess = false): Mailboxes {
  const list = readAddressList(value);
  const entries = list ? list.entries.map(withDecodedName) : readCarelessly(value);
  const mailboxes = entries.map(({ name, address = '' }) => ({
    // Many programs put the address there, too, for want of a name.
    name: name === address ? '' : name,
    address: isGuess ? address.replace(/[^\p{ASCII}]/gu, '\ufffd') : toWireAddress(address),
  }));
  return { mailboxes, isCertain: list?.isCertain === true, isPlain: list?.isPlain === true };
}

/** The mailboxes alone, as `readMailboxes` finds them. */
export function parseAddresses(value: string): MailAddress[] {
  return readMailboxes(value).mailboxes;
}

function withDecodedName({ name, address }: MailAddress): MailAddress {
  return { name: decodeWords(name).text, address };
}

function readCarelessly(value: string): { name: string; address?: string | undefined }[] {
  if (value.length > MAX_CARELESS) return [{ name: '', address: value }];
  const found = parseAddressHeader(value, { flatten: true, decodePunycode: false }).value;
  // No name is better than one that nobody wrote.
  const isBent = (name: string) => name.includes('\ufffd') && !value.includes('\ufffd');
  return found.map((entry) => (isBent(entry.name) ? { ...entry, name: '' } : entry));
}

/** Says what is wrong with an address, or `undefined` when Graph can use it. */
export function addressFault(address: string): string | undefined {
  const { local, domain } = splitAddress(address);
  if (!local || !domain) return 'it has no local part and domain';
  if (/\p{Cc}/u.test(address)) return 'it has a control character';
  if (address.includes('\ufffd')) return 'it has a byte that is not UTF-8';
  if (/=\?[^?\s]+\?[bq]\?/i.test(address)) return 'it has an encoded word, which has no place there';
  if (!isDotAtom(local) && !/^"(?:[^"\\]|\\.)*"$/.test(local)) {
    return 'its local part has a character that must be quoted';
  }
  if (!/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i.test(domain)) {
    return 'its domain is not a host name';
  }
  return undefined;
}

/** Whether two addresses name the same mailbox; Exchange minds the case of A to Z in neither half. */
export function sameAddress(a: string, b: string): boolean {
  return addressKey(a) === addressKey(b);
}

/** The form of an address under which it is compared and counted. */
export function addressKey(address: string): string {
  return asciiLowerCase(toWireAddress(address));
}

/**
 * An address in the form in which it travels: the domain in ASCII, and a local part with dots in odd places
 * in quotes, which address parsers take off and RFC 5322 wants (Japanese carriers gave out many of those).
 */
export function toWireAddress(address: string): string {
  if (PLAIN.test(address)) return address;
  const { local, domain } = splitAddress(address);
  if (!local || !domain) return address;
  const wireLocal = !isDotAtom(local) && isDotAtom(local.replaceAll('.', 'x')) ? `"${local}"` : local;
  // An empty answer means that the domain is none: keep what was written, for the error that names it.
  const wireDomain = /^[\x20-\x7e]*$/.test(domain) ? domain : domainToASCII(domain) || domain;
  return `${wireLocal}@${wireDomain}`;
}

/** Nearly every address: nothing in it to be quoted or encoded. */
const PLAIN = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9.-]+$/i;

function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}

/** What stands without quotes: RFC 5322, section 3.2.3, and letters beyond ASCII, RFC 6532. */
function isDotAtom(local: string): boolean {
  return local
    .split('.')
    .every((atom) => /^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+$/iu.test(atom));
}
