import { domainToASCII } from 'node:url';
import { asciiLowerCase } from '../ascii-case';
import { readAddressList } from './address-list';
import { decodeWords } from './decode-text';
import { parseAddressHeader } from './mail-packages';

/** One mailbox of an address header or option. */
export interface MailAddress {
  /** Display name, decoded; empty when there is none. */
  name: string;
  /** `local@domain`, with the domain in ASCII, as Graph requires. */
  address: string;
}

/** Headers that contain mailboxes, as far as they matter here. */
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

/** The mailboxes in an address header value, and whether all parsers agree on them. */
export interface Mailboxes {
  mailboxes: MailAddress[];
  /** Whether the value follows the grammar, so that nothing was guessed. */
  isCertain: boolean;
  /** Whether every parser reads it the same way, and Graph can use it. */
  isPlain: boolean;
}

/** A longer value that does not follow the grammar is not guessed at: it counts as one bad address. */
const MAX_CARELESS = 32 * 1024;

/**
 * The mailboxes in one address header value (`"Ann" <ann@example.com>, team: b@example.com;`), in order:
 * encoded words decoded, comments removed, groups flattened to their members. If the value does not follow the
 * grammar, it is read the way mail clients read it. Addresses are not validated: see `addressFault`.
 *
 * @param isGuess whether text beyond ASCII was decoded by guessing: such an address can only be refused
 */
export function readMailboxes(value: string, isGuess = false): Mailboxes {
  const list = readAddressList(value);
  const entries = list ? list.entries.map(withDecodedName) : readCarelessly(value);
  const mailboxes = entries.map(({ name, address = '' }) => ({
    // Many programs put the address there as well if they have no name.
    name: name === address ? '' : name,
    address: isGuess ? address.replace(/[^\p{ASCII}]/gu, '\ufffd') : toWireAddress(address),
  }));
  return { mailboxes, isCertain: list?.isCertain === true, isPlain: list?.isPlain === true };
}

/** Only the mailboxes, as `readMailboxes` finds them. */
export function parseAddresses(value: string): MailAddress[] {
  return readMailboxes(value).mailboxes;
}

function withDecodedName({ name, address }: MailAddress): MailAddress {
  return { name: decodeWords(name).text, address };
}

function readCarelessly(value: string): { name: string; address?: string | undefined }[] {
  if (value.length > MAX_CARELESS) return [{ name: '', address: value }];
  const found = parseAddressHeader(value, { flatten: true, decodePunycode: false }).value;
  // No name is better than a garbled one.
  const isBent = (name: string) => name.includes('\ufffd') && !value.includes('\ufffd');
  return found.map((entry) => (isBent(entry.name) ? { ...entry, name: '' } : entry));
}

/** What is wrong with an address, or `undefined` if Graph can use it. */
export function addressFault(address: string): string | undefined {
  if (FAULTLESS.test(address)) return undefined;
  const { local, domain } = splitAddress(address);
  if (!local || !domain) return 'it has no local part and domain';
  if (/\p{Cc}/u.test(address)) return 'it has a control character';
  if (address.includes('\ufffd')) return 'it has a byte that is not UTF-8';
  if (/=\?[^?\s]+\?[bq]\?/i.test(address)) return 'it has an encoded word, which is not allowed there';
  if (!isDotAtom(local) && !/^"(?:[^"\\]|\\.)*"$/.test(local)) {
    return 'its local part has a character that must be quoted';
  }
  if (!/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i.test(domain)) {
    return 'its domain is not a host name';
  }
  return undefined;
}

/** True of nearly every address. */
const FAULTLESS = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*$/i;

/** Whether two addresses name the same mailbox. Exchange ignores the case of A to Z in both halves. */
export function sameAddress(a: string, b: string): boolean {
  return addressKey(a) === addressKey(b);
}

/** The form of an address for comparing and counting. */
export function addressKey(address: string): string {
  return asciiLowerCase(toWireAddress(address));
}

/**
 * An address in the form in which it is sent: the domain in ASCII, and the local part in quotes if it has dots
 * in odd places. Address parsers remove those quotes and RFC 5322 requires them (Japanese carriers issued many
 * such addresses).
 */
export function toWireAddress(address: string): string {
  if (PLAIN.test(address)) return address;
  const { local, domain } = splitAddress(address);
  if (!local || !domain) return address;
  const wireLocal = !isDotAtom(local) && isDotAtom(local.replaceAll('.', 'x')) ? `"${local}"` : local;
  // An empty result means that the domain is invalid: keep what was written, so that the error can name it.
  const wireDomain = /^[\x20-\x7e]*$/.test(domain) ? domain : domainToASCII(domain) || domain;
  return `${wireLocal}@${wireDomain}`;
}

/** True of nearly every address: nothing in it needs quoting or encoding. */
const PLAIN = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9.-]+$/i;

function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}

/** What needs no quotes: RFC 5322, section 3.2.3, and letters beyond ASCII, RFC 6532. */
function isDotAtom(local: string): boolean {
  return local
    .split('.')
    .every((atom) => /^(?:[a-z0-9!#$%&'*+/=?^_`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+$/iu.test(atom));
}
