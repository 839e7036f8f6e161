import type { Call } from '../call';
import { readJsonDraft } from '../mail/json-message';
import { checkRecipients } from '../mail/recipients';
import { newStoredMessage, type StoredMessage } from '../mailbox/stored-message';
import type { SandboxState } from '../sandbox-state';
import { readMessageRequest } from './message-request';

/** A message that waits in Drafts. Who it may come from and whether it goes to anybody is asked when it is sent. */
export async function createDraft(
  request: Request,
  user: string,
  state: SandboxState,
  call: Call,
): Promise<StoredMessage> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonDraft, state);
  checkRecipients(message.content, state.settings.limits.recipients);
  const draft: typeof message = { ...message, content: { ...message.content, route: 'draft' } };
  return newStoredMessage({ mailbox, message: draft, isDraft: true }, request, state, call);
}
