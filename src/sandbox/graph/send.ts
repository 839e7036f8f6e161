import type { Call } from '../http/delivery';
import { GraphRefusal } from '../http/graph-refusal';
import type { PathValues } from '../http/route';
import type { ReadMessage } from '../mail/message';
import { type readJsonDraft, readJsonMessage } from '../mail/read-json';
import { readMimeMessage } from '../mail/read-mime';
import { defer, deferredTime, deferredUntil } from '../mailbox/deferred-send';
import { receive, submit } from '../mailbox/deliver';
import { endSessionsOf, findDraft, moveToSentItems, newMessage } from '../mailbox/messages';
import { isUnsentIn, leaveStaleDraft } from '../mailbox/search-delay';
import type { MailboxMessage, MailboxState } from '../mailbox/state';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import { idKind } from './message-answer';
import { mediaTypeOf, parseJson, readRequest, wrongContentType } from './read-request';

/** Reads a message, as JSON or MIME, with the checks that follow the token's in the order of the service. */
export async function readMessageRequest(
  request: Request,
  user: string,
  readJson: typeof readJsonMessage | typeof readJsonDraft,
  { settings, ids }: MailboxState,
): Promise<{ mailbox: SandboxMailbox; message: ReadMessage }> {
  const { limits } = settings;
  const body = await readRequest(request, settings);
  const mediaType = mediaTypeOf(request);
  if (mediaType !== 'application/json' && mediaType !== 'text/plain') {
    throw wrongContentType(
      request,
      'A message takes the content type application/json, or text/plain for MIME',
    );
  }
  const mailbox = findMailbox(settings, user);
  const message =
    mediaType === 'application/json'
      ? readJson(parseJson(body), mailbox, ids, limits)
      : await readMimeMessage(body, mailbox, ids);
  return { mailbox, message };
}

/** One sendMail. [rule: accepted] */
export async function sendMail(
  request: Request,
  user: string,
  state: MailboxState,
  call: Call,
): Promise<void> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonMessage, state);
  const submitted = submit(mailbox, message, state.settings, call);
  const knownBy = idKind(request);
  const copy = newMessage('sentitems', { mailbox, read: message, knownBy }, state, call);
  if (message.content.savedToSentItems) state.messages.push(copy);
  const sent = { id: copy.immutableId, ...submitted };
  state.sent.add(sent);
  receive(sent, message, state);
  if (deferredUntil(message.content, state.settings.now()) === undefined) return;
  // Delivered now and once more at its time: only a draft waits. [rule: deferred-send-mail]
  defer(state, {
    of: copy,
    messageId: sent.id,
    dueAt: () => deferredTime(message.content),
    send(receivedAt) {
      const again = { ...sent, id: state.ids.outlookId(), receivedAt };
      state.sent.add(again);
      receive(again, message, state);
    },
  });
}

/**
 * Sends a draft with the attachments that it has; unfinished uploads do not count. One with a later time waits in its
 * folder, Drafts or Outbox, where it can be found, and a DELETE cancels it.
 * [rule: deferred-draft] [rule: deferred-in-outbox] That it stays a draft until then, and that sending it again changes
 * nothing, is ours.
 */
export async function sendDraft(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
  call: Call,
): Promise<void> {
  const { settings } = state;
  const body = await readRequest(request, settings);
  if (body.length > 0)
    throw new GraphRefusal('send-has-no-body', 400, 'BadRequest', 'The send action takes no request body.');
  // No await from here on, or two requests could send the same draft.
  const draft = findDraft(state, user, messageId);
  if (deferredUntil(draft.content, settings.now()) === undefined) {
    sendNow(draft, state, call);
    return;
  }
  submit(draft.mailbox, draft, settings, call);
  endSessionsOf(state, draft);
  defer(state, {
    of: draft,
    dueAt: () => (isWaiting(draft, state) ? (deferredTime(draft.content) ?? 0) : undefined),
    send: (receivedAt) => sendIfStill(draft, state, { ...call, receivedAt }),
  });
}

/** The draft may have changed so that it cannot be sent. There is no one to tell, so it stays. */
function sendIfStill(draft: MailboxMessage, state: MailboxState, call: Call): void {
  try {
    sendNow(draft, state, call);
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
  }
}

function sendNow(draft: MailboxMessage, state: MailboxState, call: Call): void {
  const submitted = submit(draft.mailbox, draft, state.settings, call);
  leaveStaleDraft(state, draft);
  moveToSentItems(draft, state, call);
  endSessionsOf(state, draft);
  const sent = { id: draft.immutableId, ...submitted };
  state.sent.add(sent);
  receive(sent, draft, state);
}

/** Neither sent nor deleted. */
function isWaiting(draft: MailboxMessage, { messages }: MailboxState): boolean {
  return isUnsentIn(draft.folder) && messages.includes(draft);
}
