import { sizeOfMessage } from '../mail/message';
import { endSessionsOf, removeMessage } from './messages';
import { forgetStaleDrafts } from './search-delay';
import type { MailboxMessage, MailboxState } from './state';

/** A client that opens more than it fills would slow down every request. */
const MAX_SESSIONS = 1000;

/**
 * Keeps a long-running sandbox within its limits; called after each request. It drops messages before drafts, and only
 * drafts that no client can still be filling, because their upload sessions would have expired.
 */
export function makeRoom(state: MailboxState): void {
  const { settings, messages, sent, staleDrafts, uploadSessions } = state;
  const { maxMessages, maxBytes } = settings;
  const now = settings.now();
  for (const session of uploadSessions.values()) {
    if (now >= session.expiresAt.getTime()) uploadSessions.delete(session.id);
  }
  dropOldest(uploadSessions, MAX_SESSIONS);
  forgetStaleDrafts(state);
  staleDrafts.splice(0, Math.max(0, staleDrafts.length - maxMessages));
  while (sent.list.length > maxMessages && sent.forgetOldest());

  const drafts = messages.filter(({ isDraft }) => isDraft);
  for (const draft of drafts.splice(0, Math.max(0, drafts.length - maxMessages))) removeDraft(state, draft);

  while (bytesOf(state) > maxBytes) {
    if (staleDrafts.shift() || sent.forgetOldest()) continue;
    const abandoned = drafts.shift();
    const lifetimeMs = settings.uploadSessionLifetime * 1000;
    if (abandoned === undefined || now < abandoned.createdAt.getTime() + lifetimeMs) return;
    removeDraft(state, abandoned);
  }
}

/** The size of messages, drafts and unfinished uploads. */
export function bytesOf({ messages, sent, staleDrafts, uploadSessions }: MailboxState): number {
  // A copy in Sent Items or an Inbox shares everything but a few headers with its message.
  const drafts = messages.filter(({ isDraft }) => isDraft);
  const kept = [...drafts, ...staleDrafts.map(({ draft }) => draft)];
  const inDrafts = kept.reduce(
    (sum, { content, requestBytes }) => sum + sizeOfMessage(content, requestBytes),
    0,
  );
  const uploads = [...uploadSessions.values()].reduce((sum, { content }) => sum + content.keptBytes, 0);
  return sent.sizeBytes + inDrafts + uploads;
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}

function removeDraft(state: MailboxState, draft: MailboxMessage): void {
  removeMessage(state, draft);
  endSessionsOf(state, draft);
}
