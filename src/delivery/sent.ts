import type { GraphTransportError } from '../errors/graph-transport-error';
import type { Accepted } from '../graph/calls';
import type { GraphMessage } from '../message/graph-message';
import { entriesWithoutAddress } from '../message/recipients';
import { addressKey, sameAddress } from '../mime/address';
import type { RouteDecision } from './choose-route';
import type { OutgoingMessage, PreparedMessage } from './prepare-message';
import type { GraphSentMessageInfo, SentItem } from './sent-info';

/** What is known about a message that was sent. */
export interface Sent {
  /** `202 Accepted`, or what replaces it. */
  response: string;
  requestId: string | undefined;
  clientRequestId: string | undefined;
  /** When Graph accepted it, by Graph's clock, in milliseconds since 1970, if the answer says so. */
  answeredAt?: number | undefined;
  /** Whether it had been sent before, by another call or another process. */
  deduplicated: boolean;
  /** The copy in Sent Items, if the mailbox has shown it. */
  sentItem: SentItem | undefined;
  /**
   * When Exchange will send it, as far as the mailbox was asked, and undefined if it has been sent. Absent if the mailbox
   * did not have to be asked.
   */
  heldUntil?: Date | undefined;
}

/** The result when Graph has accepted the message. */
export function accepted({ status, requestId, clientRequestId, date }: Accepted): Sent {
  const response = `${status} Accepted`;
  return {
    response,
    requestId,
    clientRequestId,
    answeredAt: date,
    deduplicated: false,
    sentItem: undefined,
  };
}

/** The result when the answer was lost, and the mailbox shows that the request was carried out. */
export function sentUnanswered(
  { requestId, clientRequestId }: GraphTransportError,
  sentItem: SentItem,
  heldUntil?: Date,
): Sent {
  const response = `${heldUntil ? 'Scheduled' : 'Sent'}, as the mailbox says`;
  return { response, requestId, clientRequestId, deduplicated: false, sentItem, heldUntil };
}

/** The result when another call or another process has sent the message. */
export function sentBefore(sentItem: SentItem, heldUntil?: Date): Sent {
  return {
    response: `${heldUntil ? 'Scheduled' : 'Sent'} before, as the mailbox says`,
    requestId: undefined,
    clientRequestId: undefined,
    deduplicated: true,
    sentItem,
    heldUntil,
  };
}

/** What `sendMail` returns for a message that was sent. */
export function sentInfo(
  { envelope, dsn, returnPath }: OutgoingMessage,
  {
    messageId,
    content,
    message,
    decision,
    losses,
    strippedHeaders,
    jsonBytes,
    withoutThread,
    sendAt,
  }: PreparedMessage,
  sent: Sent & {
    leftDraftId?: string | undefined;
    mayLeaveDraft?: boolean;
    serverMessageId?: string | undefined;
  },
  {
    userId,
    keptCopy,
    ...counts
  }: { userId: string; keptCopy: string | undefined } & Pick<
    GraphSentMessageInfo,
    'messageSize' | 'messageTime' | 'attempts'
  >,
): GraphSentMessageInfo {
  // The mailbox knows better if it was asked: the message may be held until another time, or already sent.
  const heldUntil = 'heldUntil' in sent ? sent.heldUntil : sendAt;
  return {
    envelope,
    messageId,
    serverMessageId: sent.serverMessageId,
    accepted: recipientsOf(message),
    rejected: [],
    pending: [],
    dropped: [
      ...decision.dropped,
      ...(withoutThread === undefined ? [] : [`inReplyTo: ${withoutThread}`]),
      ...strippedHeaders.map((name) => `the header ${name}`),
      ...entriesWithoutAddress(content),
      ...(dsn ? ['dsn, which is a matter of SMTP'] : []),
      ...droppedByGraph(returnPath, message, userId),
      ...(keptCopy === undefined ? [] : [keptCopy]),
    ],
    response: sent.response,
    messageSize: counts.messageSize,
    messageTime: counts.messageTime,
    route: decision.route,
    routeReason: reasonOf(decision, losses[0], jsonBytes),
    attempts: counts.attempts,
    deduplicated: sent.deduplicated,
    draftId: sent.leftDraftId,
    ...(sent.mayLeaveDraft && { draftMayBeLeft: true }),
    scheduled: heldUntil !== undefined,
    sendAt: heldUntil,
    sentItem: sent.sentItem,
    requestId: sent.requestId,
    clientRequestId: sent.clientRequestId,
  };
}

/**
 * The envelope sender, if it is ignored: bounces go to the mailbox, and Exchange has no place for another
 * address.
 */
export function droppedByGraph(returnPath: string | false, message: GraphMessage, userId: string): string[] {
  if (!returnPath) return [];
  const senders = [message.from, message.sender].flatMap((sender) => sender?.emailAddress?.address ?? []);
  const isOwn = [...senders, userId].some((address) => sameAddress(address, returnPath));
  return isOwn ? [] : [`envelope sender ${returnPath}`];
}

/** Why the message took its route, for people. */
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
    case 'reply':
      return 'a reply in its conversation';
    case 'schedule':
      return `sendAt: Exchange holds only drafts${reasonOfNamed(named)}`;
    case 'size':
      return `size: ${jsonBytes()} bytes as one request of JSON${reasonOfNamed(named)}`;
    default:
      return `${because}: JSON cannot carry ${what}`;
  }
}

function reasonOfNamed(named: readonly string[]): string {
  if (named.length === 0) return '';
  return `; as named properties, by [MS-OXCMAIL] 2.1.3.2.4 and not tried: ${named.join(', ')}`;
}

/** Everyone the message is for, each once. */
export function recipientsOf({ toRecipients, ccRecipients, bccRecipients }: GraphMessage): string[] {
  const unique = new Map<string, string>();
  for (const { emailAddress } of [toRecipients, ccRecipients, bccRecipients].flatMap((list) => list ?? [])) {
    const address = emailAddress?.address;
    if (!address) continue;
    const key = addressKey(address);
    if (!unique.has(key)) unique.set(key, address);
  }
  return [...unique.values()];
}
