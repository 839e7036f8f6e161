import { checkedMessageId, type Mailbox, needing } from './ask-mailbox';
import { findMessages, type StoredMessage } from './find-messages';
import { hasMessageId } from './message-mark';
import type { SentItem } from './sent-info';

/**
 * Looks up the copy of a message in Sent Items by its Message-ID. If there are several, it is the one sent last.
 *
 * @throws GraphTransportError `EMESSAGE` for what is no Message-ID, `EAUTH` without `Mail.Read`
 */
export async function findSentItem(
  { requests, userId }: Mailbox,
  messageId: string,
): Promise<SentItem | undefined> {
  const filter = hasMessageId(checkedMessageId(messageId));
  const { messages } = await needing('Mail.Read', 'transport.sentItem()', () =>
    findMessages(requests, userId, filter, { folder: 'sentitems', withTime: true }),
  );
  const latest = messages.reduce<StoredMessage | undefined>(
    (found, message) => (found && (found.sentAt ?? 0) >= (message.sentAt ?? 0) ? found : message),
    undefined,
  );
  if (latest === undefined) return undefined;
  const { id, conversationId, webLink } = latest;
  return { id, conversationId, webLink };
}
