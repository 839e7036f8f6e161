import type { Call } from '../answers/delivery';
import { GraphRefusal } from '../answers/graph-refusal';
import { prefersImmutableId } from '../graph/message-answer';
import type { ReadMessage } from '../mail/message';
import type { SandboxState } from '../sandbox-state';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import type { FolderName } from './folders';
import { type Delay, unsearchable } from './search-delay';

/** A message that is in a mailbox: a draft, a copy of what was sent, or what has arrived. */
export interface StoredMessage {
  readonly mailbox: SandboxMailbox;
  message: ReadMessage;
  createdAt: Date;
  changedAt: Date;
  /** Another one after each change. */
  changeKey: string;
  /** Stays when the message is sent. */
  readonly conversationId: string;
  isDraft: boolean;
  folder: FolderName;
  /** Both of these lead to the message; this one is another after each move, and sending moves it. */
  id: string;
  immutableId: string;
  /** Which of the two the client was told when it made the message. */
  readonly knownBy: 'id' | 'immutableId';
  /** Of what has arrived: the id of the message that was sent. */
  readonly sentId?: string;
  /** For how long searches miss it. */
  unsearchable: Delay;
}

/** A message with ids of its own, in Drafts or in Sent Items. */
export function newStoredMessage(
  { mailbox, message, isDraft }: Pick<StoredMessage, 'mailbox' | 'message' | 'isDraft'>,
  request: Request,
  { settings, ids }: SandboxState,
  call: Call,
): StoredMessage {
  const folder = isDraft ? 'drafts' : 'sentitems';
  return {
    mailbox,
    message,
    createdAt: call.receivedAt,
    changedAt: call.receivedAt,
    changeKey: ids.changeKey(),
    conversationId: ids.conversationId(),
    isDraft,
    folder,
    id: ids.outlookId(),
    immutableId: ids.outlookId(),
    knownBy: prefersImmutableId(request) ? 'immutableId' : 'id',
    unsearchable: unsearchable(folder, settings),
  };
}

/** @throws GraphRefusal given a mailbox that is not open */
export function lookUpMessage(
  { settings, stored }: SandboxState,
  user: string,
  id: string,
): StoredMessage | undefined {
  const mailbox = findMailbox(settings, user);
  return stored.find(
    (message) => message.mailbox === mailbox && (message.id === id || message.immutableId === id),
  );
}

/** @throws GraphRefusal ErrorItemNotFound, also given the id of a message in another mailbox */
export function findMessage(state: SandboxState, user: string, id: string): StoredMessage {
  const found = lookUpMessage(state, user, id);
  if (found !== undefined) return found;
  throw new GraphRefusal(
    'item-not-found',
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store.',
  );
}

/**
 * A message that may still change. Which code the service has for one that was sent, nobody has written down: not
 * that of a missing one here, since it is there, and a client that tries again would try in vain.
 */
export function findDraft(state: SandboxState, user: string, id: string): StoredMessage {
  const found = findMessage(state, user, id);
  if (found.isDraft) return found;
  throw new GraphRefusal(
    'only-drafts-change',
    400,
    'ErrorInvalidRequest',
    'The message is not a draft, it was sent already.',
  );
}

/**
 * Leaves Drafts for Sent Items, where the settings say whether the immutable id still leads to it. It is the newest
 * message then: sending makes a copy of its own there.
 * [rule: immutable-id-dies-by-sending]
 */
export function moveToSentItems(stored: StoredMessage, state: SandboxState, call: Call): void {
  const { settings, ids } = state;
  removeMessage(state, stored);
  state.stored.push(stored);
  stored.createdAt = call.receivedAt;
  stored.isDraft = false;
  markChanged(stored, state, call.receivedAt);
  moveTo('sentitems', stored, state);
  if (!settings.immutableIdsOutliveSending) stored.immutableId = ids.outlookId();
  stored.unsearchable = unsearchable('sentitems', settings);
}

/** To be called with a message that is another one than before, by its properties or its attachments. */
export function markChanged(
  stored: StoredMessage,
  { ids, settings }: SandboxState,
  at = new Date(settings.now()),
): void {
  stored.changedAt = at;
  stored.changeKey = ids.changeKey();
}

/** Leaves its folder for another one, and its id behind. [rule: id-changes-with-folder] */
export function moveTo(folder: FolderName, stored: StoredMessage, { ids }: SandboxState): void {
  stored.folder = folder;
  stored.id = ids.outlookId();
}

/** Removes a message for good, unless it is gone already. */
export function removeMessage({ stored }: Pick<SandboxState, 'stored'>, message: StoredMessage): void {
  const index = stored.indexOf(message);
  if (index !== -1) stored.splice(index, 1);
}
