import { propertyKey } from '../mail/extended-properties';
import { readJsonChange } from '../mail/json-message';
import type { MessageContent, ReadMessage } from '../mail/message';
import { checkRecipients } from '../mail/recipients';
import { unsearchable } from '../mailbox/search-delay';
import { findDraft, markChanged, type StoredMessage } from '../mailbox/stored-message';
import type { MessageRoute } from '../routes';
import type { SandboxState } from '../sandbox-state';
import { readEntity } from './check-entity';
import { GraphRefusal } from './graph-answer';
import { readJsonRequest } from './read-request';

/** The properties that an update takes, and what holds each of them here. [Graph docs, message-update] */
const UPDATABLE = new Map<string, keyof MessageContent | undefined>([
  ['bccRecipients', 'bcc'],
  ['body', 'body'],
  ['categories', 'categories'],
  ['ccRecipients', 'cc'],
  ['flag', undefined],
  ['from', 'from'],
  ['importance', 'importance'],
  ['inferenceClassification', undefined],
  ['internetMessageId', 'internetMessageId'],
  ['isDeliveryReceiptRequested', 'isDeliveryReceiptRequested'],
  ['isRead', undefined],
  ['isReadReceiptRequested', 'isReadReceiptRequested'],
  ['multiValueExtendedProperties', undefined],
  ['replyTo', 'replyTo'],
  ['sender', 'sender'],
  ['singleValueExtendedProperties', 'extendedProperties'],
  ['subject', 'subject'],
  ['toRecipients', 'to'],
]);

/** Changes a draft by the properties in the body; the others stay. */
export async function updateMessage(
  request: Request,
  { user, messageId }: MessageRoute,
  state: SandboxState,
): Promise<StoredMessage> {
  const { limits } = state.settings;
  const body = await readJsonRequest(request, state.settings);
  const draft = findDraft(state, user, messageId);
  const given = readEntity(body, 'message');
  const change = readJsonChange(given, draft.mailbox, state.ids, limits);
  const names = Object.keys(given).filter((name) => !name.includes('@'));
  const content = merge(draft.message.content, change.content, names);
  checkRecipients(content, limits.recipients);
  draft.message = { content, claimedSenders: claimedSenders(draft.message, content, names) };
  markChanged(draft, state);
  if (draft.folder === 'drafts') draft.unsearchable = unsearchable('drafts', state.settings);
  return draft;
}

function merge(before: MessageContent, change: MessageContent, names: readonly string[]): MessageContent {
  const merged = { ...before };
  const take = <Key extends keyof MessageContent>(key: Key) => {
    merged[key] = change[key];
  };
  for (const name of names) {
    if (!UPDATABLE.has(name)) {
      throw new GraphRefusal(
        'update-property',
        400,
        'ErrorInvalidPropertySet',
        `The property '${name}' of a message cannot be updated.`,
      );
    }
    const key = UPDATABLE.get(name);
    if (key !== undefined) take(key);
  }
  // Properties that the request does not name stay as they are, each of its own.
  const changed = new Set(change.extendedProperties.map(({ id }) => propertyKey(id)));
  const kept = before.extendedProperties.filter(({ id }) => !changed.has(propertyKey(id)));
  merged.extendedProperties = [...kept, ...change.extendedProperties];
  return merged;
}

/** The mailbox's own address may be among them: it is one that it may send as. */
function claimedSenders(before: ReadMessage, content: MessageContent, names: readonly string[]): string[] {
  const isClaimed = names.includes('from') || names.includes('sender');
  return isClaimed ? [content.from.address, content.sender.address] : before.claimedSenders;
}
