import type { Call } from './call';
import { GraphRefusal } from './graph-answer';
import { readRequest } from './read-request';
import { receive } from './receive';
import type { MessageRoute } from './routes';
import type { SandboxState } from './sandbox-state';
import { leaveStaleDraft } from './search-delay';
import { findDraft, moveToSentItems } from './stored-message';
import { submit } from './submit';
import { endSessionsOf } from './upload-session';

/** Sends a draft with the attachments that it has by now; an upload that has not ended is none of them. */
export async function sendDraft(
  request: Request,
  { user, messageId }: MessageRoute,
  state: SandboxState,
  call: Call,
): Promise<void> {
  const { limits } = state.settings;
  const body = await readRequest(request, limits.requestBytes);
  if (body.length > 0) throw new GraphRefusal(400, 'BadRequest', 'The send action takes no request body.');
  // No pause from here to the end, or two requests could send one draft twice.
  const draft = findDraft(state, user, messageId);
  const submitted = submit(draft.mailbox, draft.message, state.settings, call);
  leaveStaleDraft(state, draft);
  moveToSentItems(draft, state, call);
  endSessionsOf(state, draft);
  const sent = { id: draft.immutableId, ...submitted };
  state.messages.add(sent);
  receive(sent, draft.message, state);
}
