import type { Call } from './call';
import { readJsonMessage } from './json-message';
import { readMessageRequest } from './message-request';
import type { SandboxState } from './sandbox-state';
import { newStoredMessage } from './stored-message';
import { submit } from './submit';

/** One sendMail of a caller that may send. */
export async function sendMail(
  request: Request,
  user: string,
  { settings, messages, stored }: SandboxState,
  call: Call,
): Promise<void> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonMessage, settings);
  const sent = submit(mailbox, message, settings.limits, call);
  const copy = newStoredMessage({ mailbox, message, isDraft: false }, request, settings, call);
  if (message.content.savedToSentItems) stored.push(copy);
  messages.add({ id: copy.immutableId, ...sent });
}
