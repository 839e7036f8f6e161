import { findMailbox } from '../mailbox/mailboxes';
import { leaveStaleDraft } from '../mailbox/search-delay';
import { findMessage, moveTo, removeMessage } from '../mailbox/stored-message';
import { endSessionsOf } from '../mailbox/upload-session';
import type { MessageRoute } from '../routes';
import type { SandboxState } from '../sandbox-state';
import { GraphRefusal } from './graph-answer';

/** How many ids of deleted messages are remembered. */
const MOST_REMEMBERED = 10_000;

/**
 * Takes a message out of sight: to Deleted Items where the settings say so, and for good from there.
 * [rule: delete-hides]
 */
export function deleteMessage(state: SandboxState, { user, messageId }: MessageRoute): void {
  const { settings, recoverable } = state;
  const mailbox = findMailbox(settings, user);
  // The immutable id leads on to Recoverable Items, where nothing can be deleted. Of the usual id some report the
  // same, and others that it leads nowhere then: that is what the setting is for.
  if (recoverable.get(messageId) === mailbox) {
    throw new GraphRefusal('delete-again', 403, 'ErrorCannotDeleteObject', 'Object cannot be deleted.');
  }
  const message = findMessage(state, user, messageId);
  leaveStaleDraft(state, message);
  endSessionsOf(state, message);
  if (settings.deleteLeadsTo === 'deletedItems' && message.folder !== 'deleteditems') {
    moveTo('deleteditems', message, state);
    return;
  }
  removeMessage(state, message);
  recoverable.set(message.immutableId, mailbox);
  if (settings.secondDelete === 'cannotDelete') recoverable.set(message.id, mailbox);
  for (const oldest of recoverable.keys()) {
    if (recoverable.size <= MOST_REMEMBERED) break;
    recoverable.delete(oldest);
  }
}
