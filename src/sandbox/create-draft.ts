import type { Call } from './call';
import { prefersImmutableId } from './immutable-id';
import { readJsonDraft } from './json-message';
import { readMessageRequest } from './message-request';
import { outlookId } from './outlook-id';
import { checkRecipients } from './recipients';
import type { SandboxSettings } from './settings';
import type { StoredMessage } from './stored-message';

/** A message that waits in Drafts. Who it may come from and whether it goes to anybody is asked when it is sent. */
export async function createDraft(
  request: Request,
  user: string,
  settings: SandboxSettings,
  call: Call,
): Promise<StoredMessage> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonDraft, settings);
  checkRecipients(message.content, settings.limits.recipients);
  return {
    mailbox,
    message: { ...message, content: { ...message.content, route: 'draft' } },
    createdAt: call.receivedAt,
    isDraft: true,
    id: outlookId(),
    immutableId: outlookId(),
    knownBy: prefersImmutableId(request) ? 'immutableId' : 'id',
  };
}
