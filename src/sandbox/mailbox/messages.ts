import type { Call } from '../http/delivery';
import { GraphRefusal } from '../http/graph-refusal';
import { type ReadMessage, sizeOfRequest } from '../mail/message';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import { unsearchable } from './search-delay';
import type { FolderName, MailboxMessage, MailboxState, UploadSession } from './state';

/** A message with new ids, in Drafts or in Sent Items. It is in no list yet. */
export function newMessage(
  folder: 'drafts' | 'sentitems',
  {
    mailbox,
    read,
    knownBy,
    conversationId,
  }: { mailbox: SandboxMailbox; read: ReadMessage; conversationId?: string } & Pick<
    MailboxMessage,
    'knownBy'
  >,
  { settings, ids }: MailboxState,
  call: Call,
): MailboxMessage {
  return {
    mailbox,
    ...read,
    createdAt: call.receivedAt,
    changedAt: call.receivedAt,
    changeKey: ids.changeKey(),
    conversationId: conversationId ?? ids.conversationId(),
    isDraft: folder === 'drafts',
    folder,
    id: ids.outlookId(),
    immutableId: ids.outlookId(),
    knownBy,
    unsearchable: unsearchable(folder, settings),
    attachmentIds: [],
    requestBytes: folder === 'drafts' ? sizeOfRequest(read.content.request) : 0,
  };
}

/** @throws GraphRefusal if the app cannot access the mailbox */
export function lookUpMessage(
  { settings, messages }: MailboxState,
  user: string,
  id: string,
): MailboxMessage | undefined {
  const mailbox = findMailbox(settings, user);
  return messages.find(
    (message) => message.mailbox === mailbox && (message.id === id || message.immutableId === id),
  );
}

/** @throws GraphRefusal ErrorItemNotFound, also if the message is in another mailbox */
export function findMessage(state: MailboxState, user: string, id: string): MailboxMessage {
  const found = lookUpMessage(state, user, id);
  if (found !== undefined) return found;
  throw notFound();
}

export function notFound(): GraphRefusal {
  return new GraphRefusal(
    'item-not-found',
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store.',
  );
}

/**
 * A message that can still change. The service's code for a sent one is not documented. It is not that of a missing
 * message here: the message exists, and a client that waits for it to appear would wait in vain.
 */
export function findDraft(state: MailboxState, user: string, id: string): MailboxMessage {
  const found = findMessage(state, user, id);
  if (found.isDraft) return found;
  throw new GraphRefusal(
    'only-drafts-change',
    400,
    'ErrorInvalidRequest',
    'The message is not a draft: it was already sent.',
  );
}

/**
 * Moves a draft from Drafts to Sent Items, as the newest message there: the service makes a copy. The settings say
 * whether the immutable id still leads to it.
 * [rule: immutable-id-dies-by-sending]
 */
export function moveToSentItems(draft: MailboxMessage, state: MailboxState, call: Call): void {
  const { settings, ids } = state;
  removeMessage(state, draft);
  state.messages.push(draft);
  draft.createdAt = call.receivedAt;
  draft.isDraft = false;
  markChanged(draft, state, call.receivedAt);
  moveTo('sentitems', draft, state);
  if (!settings.immutableIdsOutliveSending) draft.immutableId = ids.outlookId();
  draft.unsearchable = unsearchable('sentitems', settings);
}

/** To be called after each change of a message's properties or attachments. */
export function markChanged(
  message: MailboxMessage,
  { ids, settings }: MailboxState,
  at = new Date(settings.now()),
): void {
  message.changedAt = at;
  message.changeKey = ids.changeKey();
}

/** Moves a message to another folder, where it gets a new id. [rule: id-changes-with-folder] */
export function moveTo(folder: FolderName, message: MailboxMessage, { ids }: MailboxState): void {
  message.folder = folder;
  message.id = ids.outlookId();
}

/** Removes a message for good, if it is still there. */
export function removeMessage({ messages }: Pick<MailboxState, 'messages'>, message: MailboxMessage): void {
  const index = messages.indexOf(message);
  if (index !== -1) messages.splice(index, 1);
}

/** The draft's upload sessions that still accept a range. */
export function openSessionsOf(
  { uploadSessions, settings }: MailboxState,
  draft: MailboxMessage,
): UploadSession[] {
  const now = settings.now();
  return [...uploadSessions.values()].filter(
    (session) => session.draft === draft && now < session.expiresAt.getTime(),
  );
}

/** To be called when a draft is sent or deleted: its upload sessions end with it. [rule: session-ends-with-draft] */
export function endSessionsOf({ uploadSessions }: MailboxState, draft: MailboxMessage): void {
  for (const session of uploadSessions.values()) {
    if (session.draft === draft) uploadSessions.delete(session.id);
  }
}
