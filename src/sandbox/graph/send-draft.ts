import type { Call } from '../call';
import { defer, deferredTime, deferredUntil } from '../mailbox/deferred-send';
import { receive } from '../mailbox/receive';
import { leaveStaleDraft } from '../mailbox/search-delay';
import { findDraft, moveToSentItems, type StoredMessage } from '../mailbox/stored-message';
import { submit } from '../mailbox/submit';
import { endSessionsOf } from '../mailbox/upload-session';
import type { MessageRoute } from '../routes';
import type { SandboxState } from '../sandbox-state';
import { GraphRefusal } from './graph-answer';
import { readRequest } from './read-request';

/**
 * Sends a draft with the attachments that it has by now; an upload that has not ended is none of them. One that asks
 * for a later time waits in Drafts until then, where it is found and where a DELETE calls it off.
 * [rule: deferred-draft] That it is a draft all the while, and that sending it again changes nothing, is ours.
 */
export async function sendDraft(
  request: Request,
  { user, messageId }: MessageRoute,
  state: SandboxState,
  call: Call,
): Promise<void> {
  const { settings } = state;
  const body = await readRequest(request, settings);
  if (body.length > 0)
    throw new GraphRefusal('send-has-no-body', 400, 'BadRequest', 'The send action takes no request body.');
  // No pause from here to the end, or two requests could send one draft twice.
  const draft = findDraft(state, user, messageId);
  if (deferredUntil(draft.message.content, settings.now()) === undefined) {
    sendNow(draft, state, call);
    return;
  }
  submit(draft.mailbox, draft.message, settings, call);
  endSessionsOf(state, draft);
  defer(state, {
    of: draft,
    dueAt: () => (isWaiting(draft, state) ? (deferredTime(draft.message.content) ?? 0) : undefined),
    send: (receivedAt) => sendIfStill(draft, state, { ...call, receivedAt }),
  });
}

/** A draft that was changed meanwhile may be one that cannot be sent: nobody is there to be told, so it stays. */
function sendIfStill(draft: StoredMessage, state: SandboxState, call: Call): void {
  try {
    sendNow(draft, state, call);
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
  }
}

function sendNow(draft: StoredMessage, state: SandboxState, call: Call): void {
  const submitted = submit(draft.mailbox, draft.message, state.settings, call);
  leaveStaleDraft(state, draft);
  moveToSentItems(draft, state, call);
  endSessionsOf(state, draft);
  const sent = { id: draft.immutableId, ...submitted };
  state.messages.add(sent);
  receive(sent, draft.message, state);
}

/** Neither sent nor deleted. */
function isWaiting(draft: StoredMessage, { stored }: SandboxState): boolean {
  return draft.folder === 'drafts' && stored.includes(draft);
}
