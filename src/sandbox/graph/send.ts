import type { Call } from '../answers/delivery';
import { GraphRefusal } from '../answers/graph-refusal';
import type { ReadMessage } from '../mail/message';
import { type readJsonDraft, readJsonMessage } from '../mail/read-json';
import { readMimeMessage } from '../mail/read-mime';
import { defer, deferredTime, deferredUntil } from '../mailbox/deferred-send';
import { receive, submit } from '../mailbox/deliver';
import { findDraft, moveToSentItems, newStoredMessage, type StoredMessage } from '../mailbox/messages';
import { leaveStaleDraft } from '../mailbox/search-delay';
import type { MessageRoute } from '../routes';
import type { SandboxState } from '../sandbox-state';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import { endSessionsOf } from './open-upload';
import { mediaTypeOf, readRequest, wrongContentType } from './read-request';

/** Reads a whole message from a request: the checks after the token's, in the order of the service. */
export async function readMessageRequest(
  request: Request,
  user: string,
  readJson: typeof readJsonMessage | typeof readJsonDraft,
  { settings, ids }: SandboxState,
): Promise<{ mailbox: SandboxMailbox; message: ReadMessage }> {
  const { limits } = settings;
  const body = await readRequest(request, settings);
  const readMessage = readerFor(request, readJson);
  const mailbox = findMailbox(settings, user);
  return { mailbox, message: await readMessage(body, mailbox, ids, limits) };
}

function readerFor<ReadJson>(request: Request, readJson: ReadJson): ReadJson | typeof readMimeMessage {
  switch (mediaTypeOf(request)) {
    case 'application/json':
      return readJson;
    case 'text/plain':
      return readMimeMessage;
    default:
      throw wrongContentType(
        request,
        'A message takes the content type application/json, or text/plain for MIME',
      );
  }
}

/** One sendMail of a caller that may send. [rule: accepted] */
export async function sendMail(
  request: Request,
  user: string,
  state: SandboxState,
  call: Call,
): Promise<void> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonMessage, state);
  const submitted = submit(mailbox, message, state.settings, call);
  const copy = newStoredMessage({ mailbox, message, isDraft: false }, request, state, call);
  if (message.content.savedToSentItems) state.stored.push(copy);
  const sent = { id: copy.immutableId, ...submitted };
  state.messages.add(sent);
  receive(sent, message, state);
  if (deferredUntil(message.content, state.settings.now()) === undefined) return;
  // Delivered at once all the same, and once more at its time: only a draft waits. [rule: deferred-send-mail]
  defer(state, {
    of: copy,
    messageId: sent.id,
    dueAt: () => deferredTime(message.content),
    send(receivedAt) {
      const again = { ...sent, id: state.ids.outlookId(), receivedAt };
      state.messages.add(again);
      receive(again, message, state);
    },
  });
}

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
