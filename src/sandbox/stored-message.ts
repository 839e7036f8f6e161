import type { Call } from './call';
import { GraphRefusal } from './graph-answer';
import { prefersImmutableId } from './immutable-id';
import { findMailbox } from './mailboxes';
import { outlookId } from './outlook-id';
import type { ReadMessage } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import { type Unsearchable, unsearchable } from './search-delay';
import type { SandboxMailbox, SandboxSettings } from './settings';

/** A message that stands in a mailbox: a draft, or a copy in Sent Items. */
export interface StoredMessage {
  readonly mailbox: SandboxMailbox;
  message: ReadMessage;
  readonly createdAt: Date;
  isDraft: boolean;
  /** Both of these lead to the message; this one is another after each move, and sending moves it. */
  id: string;
  readonly immutableId: string;
  /** Which of the two the client was told when it made the message. */
  readonly knownBy: 'id' | 'immutableId';
  unsearchable: Unsearchable;
}

/** A message with ids of its own. */
export function newStoredMessage(
  { mailbox, message, isDraft }: Pick<StoredMessage, 'mailbox' | 'message' | 'isDraft'>,
  request: Request,
  settings: SandboxSettings,
  call: Call,
): StoredMessage {
  return {
    mailbox,
    message,
    createdAt: call.receivedAt,
    isDraft,
    id: outlookId(),
    immutableId: outlookId(),
    knownBy: prefersImmutableId(request) ? 'immutableId' : 'id',
    unsearchable: unsearchable(settings),
  };
}

/** @throws GraphRefusal ErrorItemNotFound, also given the id of a message in another mailbox */
export function findMessage({ settings, stored }: SandboxState, user: string, id: string): StoredMessage {
  const mailbox = findMailbox(settings, user);
  const found = stored.find(
    (message) => message.mailbox === mailbox && (message.id === id || message.immutableId === id),
  );
  if (found !== undefined) return found;
  throw new GraphRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
}

/**
 * A message that may still change. Which code the service has for one that was sent, nobody has written down: not
 * that of a missing one here, since it is there, and a client that tries again would try in vain.
 */
export function findDraft(state: SandboxState, user: string, id: string): StoredMessage {
  const found = findMessage(state, user, id);
  if (found.isDraft) return found;
  throw new GraphRefusal(400, 'ErrorInvalidRequest', 'The message is not a draft, it was sent already.');
}

/** Leaves Drafts for Sent Items, where only the immutable id still leads to it. */
export function moveToSentItems(stored: StoredMessage, settings: SandboxSettings): void {
  stored.isDraft = false;
  stored.id = outlookId();
  stored.unsearchable = unsearchable(settings);
}

/** Removes a message for good. */
export function removeMessage({ stored }: SandboxState, message: StoredMessage): void {
  stored.splice(stored.indexOf(message), 1);
}
