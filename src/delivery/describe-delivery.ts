import type { GraphMessage } from '../message/graph-message';
import { addressKey, sameAddress } from '../mime/address';
import type { RouteDecision } from './choose-route';

/** An envelope sender that is not used: bounces go to the mailbox, and Exchange has no place for another. */
export function droppedByGraph(returnPath: string | false, message: GraphMessage, userId: string): string[] {
  const senders = [message.from, message.sender].flatMap((sender) => sender?.emailAddress?.address ?? []);
  const isOwn = !returnPath || [...senders, userId].some((address) => sameAddress(address, returnPath));
  return isOwn ? [] : [`envelope sender ${returnPath}`];
}

/** Why the message went as it did, for people. */
export function reasonOf(
  { because, route, named = [] }: Exclude<RouteDecision, { route: 'none' }>,
  what: string | undefined,
  jsonBytes: () => number,
): string {
  switch (because) {
    case 'whole':
      return 'JSON carries it whole';
    case 'format':
      return `format is ${route}`;
    case 'delivery':
      return 'delivery is exactly-once';
    case 'size':
      return `size: ${jsonBytes()} bytes as one request of JSON${reasonOfNamed(named)}`;
    default:
      return `${because}: JSON has no place for ${what}`;
  }
}

function reasonOfNamed(named: readonly string[]): string {
  if (named.length === 0) return '';
  return `; as properties, by [MS-OXCMAIL] 2.1.3.2.4 and not tried: ${named.join(', ')}`;
}

/** Everybody the message is for, each once. */
export function recipientsOf({ toRecipients, ccRecipients, bccRecipients }: GraphMessage): string[] {
  const unique = new Map<string, string>();
  for (const { emailAddress } of [toRecipients, ccRecipients, bccRecipients].flatMap((list) => list ?? [])) {
    const address = emailAddress?.address;
    if (address && !unique.has(addressKey(address))) unique.set(addressKey(address), address);
  }
  return [...unique.values()];
}
