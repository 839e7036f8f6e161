import { GraphTransportError } from '../errors';
import {
  type ADDRESS_HEADERS,
  addressFault,
  addressKey,
  type MailAddress,
  sameAddress,
  toWireAddress,
} from './address';
import type { MailContent } from './mail-content';

/** Who gets the message, by the class in which Graph is told of them. */
export interface Recipients {
  to: MailAddress[];
  cc: MailAddress[];
  bcc: MailAddress[];
}

/**
 * The recipients of the envelope, each in the class that the headers put them in; those that no header
 * names become bcc.
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
  for (const address of envelopeTo) requireAddress(toWireAddress(address), 'envelope');

  const wanted = new Map(envelopeTo.map((address) => [addressKey(address), toWireAddress(address)]));
  const visible = new Set<string>();
  const visibleIn = (key: 'to' | 'cc'): MailAddress[] => {
    const named = uniqueAddresses(content, key);
    for (const { address } of named) {
      requireAddress(address, key);
      visible.add(addressKey(address));
    }
    return named;
  };
  const to = visibleIn('to');
  const cc = visibleIn('cc');

  // Whether Exchange minds the headers of a redirection is not documented, so they are minded here.
  const redirected = (['resent-to', 'resent-cc'] as const).flatMap((key) => uniqueAddresses(content, key));
  const uninvited = [...to, ...cc, ...redirected].filter(({ address }) => !wanted.has(addressKey(address)));
  if (uninvited.length > 0) {
    throw new GraphTransportError(
      'EENVELOPE',
      `The headers name recipients who are not in the envelope: ${uninvited.map(({ address }) => address).join(', ')}.`,
      {
        hint: 'Graph delivers to everybody in To and Cc, so this message cannot be sent without them getting it: take them out of the headers, or into the envelope.',
      },
    );
  }

  const names = new Map(uniqueAddresses(content, 'bcc').map((named) => [addressKey(named.address), named]));
  const bcc = [...wanted]
    .filter(([key]) => !visible.has(key))
    .map(([key, address]) => names.get(key) ?? { name: '', address });
  return { to, cc, bcc };
}

/** Headers that ask for a receipt, of having been read and of having been delivered. */
export const RECEIPT_HEADERS = ['disposition-notification-to', 'return-receipt-to'] as const;

/**
 * The mailboxes of a header, over all its occurrences, each once.
 *
 * @throws GraphTransportError `EENVELOPE` for a malformed address
 */
export function mailboxesOf(
  content: MailContent,
  key: 'from' | 'sender' | 'reply-to' | (typeof RECEIPT_HEADERS)[number],
): MailAddress[] {
  const mailboxes = uniqueAddresses(content, key);
  for (const { address } of mailboxes) requireAddress(address, key);
  return mailboxes;
}

/** Whether an address is the message's From. */
export function isFrom(content: MailContent, address: string): boolean {
  const [from] = mailboxesOf(content, 'from');
  return from !== undefined && sameAddress(from.address, address);
}

function uniqueAddresses(content: MailContent, key: (typeof ADDRESS_HEADERS)[number]): MailAddress[] {
  const headers = content.headers.filter((header) => header.key === key);
  if (headers.length === 0) return [];
  const unique = new Map<string, MailAddress>();
  for (const entry of headers.flatMap(({ addresses }) => addresses)) {
    const at = addressKey(entry.address);
    if (!unique.has(at)) unique.set(at, entry);
  }
  return [...unique.values()];
}

function requireAddress(address: string, where: string): void {
  const fault = addressFault(address);
  if (!fault) return;
  throw new GraphTransportError('EENVELOPE', `"${address}" (${where}) is not an address: ${fault}.`, {
    hint: 'Nothing was sent.',
  });
}
