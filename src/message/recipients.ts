import { GraphTransportError } from '../errors/graph-transport-error';
import { addressFault, addressKey, type MailAddress, sameAddress, toWireAddress } from '../mime/address';
import { quoted } from '../mime/header-block';
import { headersOf, type MailContent, type MailHeader } from '../mime/mail-content';

/** Who gets the message, by type of recipient. */
export interface Recipients {
  to: MailAddress[];
  cc: MailAddress[];
  bcc: MailAddress[];
}

/** The recipient headers, including those of a redirection. */
const RECIPIENT_HEADERS = ['to', 'cc', 'resent-to', 'resent-cc'] as const;

/**
 * The envelope's recipients, each of the type that the headers say; those in no header become bcc. Entries
 * without an address are ignored.
 *
 * @throws GraphTransportError `EENVELOPE` if the envelope is empty, an address is malformed, or To or Cc names
 *   someone who is not in the envelope: Graph has no envelope, and delivers to everyone it is given
 */
export function toRecipients(content: MailContent, envelopeTo: readonly string[]): Recipients {
  if (envelopeTo.length === 0) {
    throw new GraphTransportError('EENVELOPE', 'The message has no recipients.', {
      hint: 'Set to, cc or bcc; a message given as raw needs an envelope.',
    });
  }
  const wanted = new Map<string, string>();
  for (const written of envelopeTo) {
    const address = toWireAddress(written);
    requireAddress(address, 'the envelope');
    const key = addressKey(address);
    if (!wanted.has(key)) wanted.set(key, address);
  }

  // Whether Exchange acts on the headers of a redirection is not documented, so they are checked too.
  const uninvited: string[] = [];
  for (const header of RECIPIENT_HEADERS) {
    for (const { name, addresses } of headersOf(content, header)) {
      for (const entry of addresses) {
        if (isNobody(entry)) continue;
        requireAddress(entry.address || entry.name, name);
        if (!wanted.has(addressKey(entry.address))) {
          uninvited.push(`${entry.address || entry.name} (${name})`);
        }
      }
    }
  }
  if (uninvited.length > 0) throw uninvitedError([...new Set(uninvited)]);

  const to = byKey(addressesIn(content, 'to').filter((entry) => !isNobody(entry)));
  const cc = byKey(addressesIn(content, 'cc').filter((entry) => !isNobody(entry)));
  const named = byKey(addressesIn(content, 'bcc'));
  const bcc: MailAddress[] = [];
  for (const [key, address] of wanted) {
    if (!to.has(key) && !cc.has(key)) bcc.push(named.get(key) ?? { name: '', address });
  }
  return { to: [...to.values()], cc: [...cc.values()], bcc };
}

/** The most addresses that an error lists: a header may contain thousands. */
const MAX_NAMED = 10;

function uninvitedError(uninvited: readonly string[]): GraphTransportError {
  const named = uninvited.slice(0, MAX_NAMED).join(', ');
  const rest = uninvited.length > MAX_NAMED ? ` and ${uninvited.length - MAX_NAMED} more` : '';
  return new GraphTransportError(
    'EENVELOPE',
    `The headers name recipients who are not in the envelope: ${named}${rest}.`,
    {
      hint: 'Graph delivers to everyone in these headers, so they would get this message too. Remove them from the headers, or add them to the envelope.',
    },
  );
}

/** Entries in the recipient headers that have no address, in words. */
export function entriesWithoutAddress(content: MailContent): string[] {
  return RECIPIENT_HEADERS.flatMap((key) =>
    headersOf(content, key).flatMap(({ name, addresses }) =>
      addresses
        .filter((entry) => isNobody(entry) && (entry.address || entry.name))
        .map((entry) => `${quoted(entry.address || entry.name)} in ${name}, which has no address`),
    ),
  );
}

/** Headers that request a read receipt or a delivery receipt. */
export const RECEIPT_HEADERS = ['disposition-notification-to', 'return-receipt-to'] as const;

/** The mailboxes of a header other than the recipient headers, from all its occurrences, each once. */
export function mailboxesOf(
  content: MailContent,
  key: 'reply-to' | 'sender' | (typeof RECEIPT_HEADERS)[number],
): MailAddress[] {
  return uniqueAddresses(content, key).filter(({ address }) => !addressFault(address));
}

/**
 * The mailboxes in From, each once.
 *
 * @throws GraphTransportError `EENVELOPE` if From contains entries, but none of them has an address
 */
export function fromOf(content: Pick<MailContent, 'headers'>): MailAddress[] {
  const named = uniqueAddresses(content, 'from');
  const usable = named.filter(({ address }) => !addressFault(address));
  const [first] = named;
  if (first && usable.length === 0) {
    const [header] = headersOf(content, 'from');
    const text = first.address || header?.value || first.name;
    throw addressError(text, header?.name ?? 'From', addressFault(first.address) ?? '');
  }
  return usable;
}

/** Whether an address header, other than the recipient headers, contains text that is not an address. */
export function hasOtherThanAddresses({ key, value, addresses }: MailHeader): boolean {
  if (!OTHER_ADDRESS_HEADERS.has(key) || value === '') return false;
  return addresses.length === 0 || addresses.some(({ address }) => addressFault(address) !== undefined);
}

const OTHER_ADDRESS_HEADERS: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  ...RECEIPT_HEADERS,
]);

/** Whether an address is the message's From. */
export function isFrom([from]: readonly MailAddress[], address: string): boolean {
  return from !== undefined && sameAddress(from.address, address);
}

function uniqueAddresses(content: Pick<MailContent, 'headers'>, key: string): readonly MailAddress[] {
  const entries = addressesIn(content, key);
  return entries.length < 2 ? entries : [...byKey(entries).values()];
}

function addressesIn(content: Pick<MailContent, 'headers'>, key: string): readonly MailAddress[] {
  const headers = headersOf(content, key);
  const [first] = headers;
  return first && headers.length === 1 ? first.addresses : headers.flatMap(({ addresses }) => addresses);
}

/** The first entry of each mailbox. */
function byKey(entries: readonly MailAddress[]): Map<string, MailAddress> {
  const unique = new Map<string, MailAddress>();
  for (const entry of entries) {
    const key = addressKey(entry.address);
    if (!unique.has(key)) unique.set(key, entry);
  }
  return unique;
}

/** A local user, or only a name. Text with an `@` somewhere may be meant as an address. */
function isNobody({ name, address }: MailAddress): boolean {
  return !address.includes('@') && (address !== '' || !name.includes('@'));
}

function requireAddress(address: string, where: string): void {
  const fault = addressFault(address);
  if (fault) throw addressError(address, where, fault);
}

function addressError(text: string, where: string, fault: string): GraphTransportError {
  return new GraphTransportError('EENVELOPE', `${quoted(text)} (${where}) is not an address: ${fault}.`, {
    hint: 'Nothing was sent. Write it as local@domain, or remove it.',
  });
}
