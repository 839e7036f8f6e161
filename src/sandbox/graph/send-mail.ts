import type { Call } from '../call';
import { readJsonMessage } from '../mail/json-message';
import { defer, deferredTime, deferredUntil } from '../mailbox/deferred-send';
import { receive } from '../mailbox/receive';
import { newStoredMessage } from '../mailbox/stored-message';
import { submit } from '../mailbox/submit';
import type { SandboxState } from '../sandbox-state';
import { readMessageRequest } from './message-request';

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
