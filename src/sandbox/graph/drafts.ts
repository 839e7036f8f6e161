import type { Call } from '../http/delivery';
import { GraphRefusal } from '../http/graph-refusal';
import type { PathValues } from '../http/route';
import { checkRecipients } from '../mail/check-message';
import { propertyKey } from '../mail/extended-properties';
import type { MessageContent, ReadMessage } from '../mail/message';
import { readJsonChange, readJsonDraft } from '../mail/read-json';
import { findFolder } from '../mailbox/folders';
import {
  endSessionsOf,
  findDraft,
  findMessage,
  markChanged,
  moveTo,
  newMessage,
  removeMessage,
} from '../mailbox/messages';
import { leaveStaleDraft, unsearchable } from '../mailbox/search-delay';
import type { MailboxMessage, MailboxState } from '../mailbox/state';
import { readEntity } from '../schema/read-entity';
import { findMailbox } from '../tenant/mailboxes';
import { idKind } from './message-answer';
import { readJsonRequest } from './read-request';
import { readMessageRequest } from './send';

/** A new message in Drafts. Its sender is checked, and recipients required, only when it is sent. */
export async function createDraft(
  request: Request,
  user: string,
  state: MailboxState,
  call: Call,
): Promise<MailboxMessage> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonDraft, state);
  checkRecipients(message.content, state.settings.limits.recipients);
  const read: typeof message = { ...message, content: { ...message.content, route: 'draft' } };
  return newMessage('drafts', { mailbox, read, knownBy: idKind(request) }, state, call);
}

/** The properties that can be updated, and where each is stored. [Graph docs, message-update] */
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

/** Changes the properties of a draft that the body names. */
export async function updateMessage(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
): Promise<MailboxMessage> {
  const { limits } = state.settings;
  const body = await readJsonRequest(request, state.settings);
  const draft = findDraft(state, user, messageId);
  const given = readEntity(body, 'message');
  const change = readJsonChange(given, draft.mailbox, state.ids, limits);
  const names = Object.keys(given).filter((name) => !name.includes('@'));
  const content = mergeChange(draft.content, change.content, names);
  checkRecipients(content, limits.recipients);
  draft.claimedSenders = claimedSenders(draft, content, names);
  draft.content = content;
  markChanged(draft, state);
  if (draft.folder === 'drafts') draft.unsearchable = unsearchable('drafts', state.settings);
  return draft;
}

/**
 * The content with the properties that a change names.
 *
 * @throws GraphRefusal for one that cannot be updated
 */
export function mergeChange(
  before: MessageContent,
  change: MessageContent,
  names: readonly string[],
): MessageContent {
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
  // Each extended property that the request does not name stays as it is.
  const changed = new Set(change.extendedProperties.map(({ id }) => propertyKey(id)));
  const kept = before.extendedProperties.filter(({ id }) => !changed.has(propertyKey(id)));
  merged.extendedProperties = [...kept, ...change.extendedProperties];
  return merged;
}

/** These may include the address of the mailbox, which it may always send as. */
function claimedSenders(before: ReadMessage, content: MessageContent, names: readonly string[]): string[] {
  const isClaimed = names.includes('from') || names.includes('sender');
  return isClaimed ? [content.from.address, content.sender.address] : before.claimedSenders;
}

/** Moves a message to a folder, named by its id or well-known name. [rule: move-makes-new-id] */
export async function moveMessage(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
): Promise<MailboxMessage> {
  const body = await readJsonRequest(request, state.settings);
  // No await from here on, or two requests could move the same message.
  const message = findMessage(state, user, messageId);
  const { folder } = findFolder(state, user, destinationOf(body));
  leaveStaleDraft(state, message);
  removeMessage(state, message);
  state.messages.push(message);
  moveTo(folder, message, state);
  markChanged(message, state);
  message.unsearchable = unsearchable(folder, state.settings);
  return message;
}

function destinationOf(body: unknown): string {
  const named = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const [, id] = named.find(([name]) => name.toLowerCase() === 'destinationid') ?? [];
  if (typeof id === 'string' && id !== '') return id;
  throw new GraphRefusal(
    'move-destination',
    400,
    'ErrorInvalidRequest',
    'The request to move a message names no folder in destinationId.',
  );
}

/** The number of deleted ids that are remembered. */
const MAX_RECOVERABLE = 10_000;

/**
 * Deletes a message: moves it to Deleted Items if the settings say so, and from there out of sight.
 * [rule: delete-hides]
 *
 * @param isPermanent whether it skips Deleted Items in any case [rule: permanent-delete]
 */
export function deleteMessage(
  state: MailboxState,
  { user, messageId }: PathValues,
  isPermanent = false,
): void {
  const { settings, recoverable } = state;
  const mailbox = findMailbox(settings, user);
  // The immutable id still leads to Recoverable Items, where nothing can be deleted. For the usual id some report the
  // same, others a 404: hence the setting.
  if (recoverable.get(messageId) === mailbox) {
    throw new GraphRefusal('delete-again', 403, 'ErrorCannotDeleteObject', 'Object cannot be deleted.');
  }
  const message = findMessage(state, user, messageId);
  leaveStaleDraft(state, message);
  endSessionsOf(state, message);
  if (!isPermanent && settings.deleteLeadsTo === 'deletedItems' && message.folder !== 'deleteditems') {
    moveTo('deleteditems', message, state);
    return;
  }
  removeMessage(state, message);
  recoverable.set(message.immutableId, mailbox);
  if (settings.secondDelete === 'cannotDelete') recoverable.set(message.id, mailbox);
  for (const oldest of recoverable.keys()) {
    if (recoverable.size <= MAX_RECOVERABLE) break;
    recoverable.delete(oldest);
  }
}
