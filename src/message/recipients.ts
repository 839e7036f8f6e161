import { GraphTransportError } from '../errors/graph-transport-error';
import { addressFault, addressKey, type MailAddress, sameAddress, toWireAddress } from '../mime/address';
import { quoted } from '../mime/header-block';
import type { MailContent, MailHeader } from '../mime/mail-content';

/** Who gets the message, by the class in which Graph is told of them. */
export interface Recipients {
  to: MailAddress[];
  cc: MailAddress[];
  bcc: MailAddress[];
}

/** The headers of recipients, those of a redirection included. */
const RECIPIENT_HEADERS = ['to', 'cc', 'resent-to', 'resent-cc'] as const;

/**
 * The recipients of the envelope, each in the class that the headers put them in; those that no header
 * names become bcc. An entry without an address names nobody.
 *
 * @throws GraphTransportError `EENVELOPE` when the envelope is empty, an address is malformed, or To or Cc
 *   name somebody who is not in the envelope: Graph has no envelope and delivers to all whom it is told of
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
    if (!wanted.has(addressKey(address))) wanted.set(addressKey(address), address);
  }

  // Whether Exchange minds the headers of a redirection is not documented, so they are minded here.
  const uninvited = RECIPIENT_HEADERS.flatMap((key) =>
    headersOf(content, key).flatMap(({ name, addresses }) =>
      addresses
        .filter((entry) => !isNobody(entry))
        .filter((entry) => {
          requireAddress(entry.address || entry.name, name);
          return !wanted.has(addressKey(entry.address));
        })
        .map(({ address }) => `${address} (${name})`),
    ),
  );
  if (uninvited.length > 0) throw uninvitedError([...new Set(uninvited)]);

  const to = uniqueAddresses(content, 'to');
  const cc = uniqueAddresses(content, 'cc');
  const visible = new Set([...to, ...cc].map(({ address }) => addressKey(address)));
  const names = new Map(uniqueAddresses(content, 'bcc').map((named) => [addressKey(named.address), named]));
  const bcc = [...wanted]
    .filter(([key]) => !visible.has(key))
    .map(([key, address]) => names.get(key) ?? { name: '', address });
  return { to, cc, bcc };
}

/** Most addresses that an error names: a header may hold thousands. */
const MOST_NAMED = 10;

function uninvitedError(uninvited: readonly string[]): GraphTransportError {
  const named = uninvited.slice(0, MOST_NAMED).join(', ');
  const rest = uninvited.length > MOST_NAMED ? ` and ${uninvited.length - MOST_NAMED} more` : '';
  return new GraphTransportError(
    'EENVELOPE',
    `The headers name recipients who are not in the envelope: ${named}${rest}.`,
    {
      hint: 'Graph delivers to everybody in these headers, so this message cannot be sent without them getting it: take them out of the headers, or into the envelope.',
    },
  );
}

/** Entries of the headers of recipients that name nobody, in words. */
export function entriesWithoutAddress(content: MailContent): string[] {
  return RECIPIENT_HEADERS.flatMap((key) =>
    headersOf(content, key).flatMap(({ name, addresses }) =>
      addresses
        .filter((entry) => isNobody(entry) && (entry.address || entry.name))
        .map((entry) => `${quoted(entry.address || entry.name)} in ${name}, which has no address`),
    ),
  );
}

/** Headers that ask for a receipt, of having been read and of having been delivered. */
export const RECEIPT_HEADERS = ['disposition-notification-to', 'return-receipt-to'] as const;

/** The mailboxes of a header that names no recipients, over all its occurrences, each once. */
export function mailboxesOf(
  content: MailContent,
  key: 'reply-to' | 'sender' | (typeof RECEIPT_HEADERS)[number],
): MailAddress[] {
  return uniqueAddresses(content, key).filter(({ address }) => !addressFault(address));
}

/**
 * The mailboxes of From, each once.
 *
 * @throws GraphTransportError `EENVELOPE` when From names somebody, and none of them has an address
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

/** Whether a header that names mailboxes, though not recipients, has some text that is no address. */
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

function headersOf(content: Pick<MailContent, 'headers'>, key: string): MailHeader[] {
  return content.headers.filter((header) => header.key === key);
}

function uniqueAddresses(content: Pick<MailContent, 'headers'>, key: string): MailAddress[] {
  const unique = new Map<string, MailAddress>();
  for (const entry of headersOf(content, key).flatMap(({ addresses }) => addresses)) {
    const at = addressKey(entry.address);
    const isRecipient = key === 'to' || key === 'cc' || key === 'bcc';
    if (!unique.has(at) && !(isRecipient && isNobody(entry))) unique.set(at, entry);
  }
  return [...unique.values()];
}

/** A local user, or a name alone. What has an `@` somewhere may be meant as an address. */
function isNobody({ name, address }: MailAddress): boolean {
  return !address.includes('@') && (address !== '' || !name.includes('@'));
}

function requireAddress(address: string, where: string): void {
  const fault = addressFault(address);
  if (fault) throw addressError(address, where, fault);
}

function addressError(text: string, where: string, fault: string): GraphTransportError {
  return new GraphTransportError('EENVELOPE', `${quoted(text)} (${where}) is not an address: ${fault}.`, {
    hint: 'Nothing was sent. Write it as local@domain, or take it out.',
  });
}
