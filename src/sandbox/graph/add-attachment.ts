import type { Call } from '../call';
import { readAttachment } from '../mail/json-attachments';
import type { SandboxAttachment } from '../mail/message';
import { checkAttachmentCount } from '../mail/message-bounds';
import { findDraft, lookUpMessage, markChanged, type StoredMessage } from '../mailbox/stored-message';
import type { MessageRoute } from '../routes';
import type { SandboxState } from '../sandbox-state';
import type { SandboxLimits } from '../settings';
import { readEntity } from './check-entity';
import { beginChange } from './draft-changes';
import { readJsonRequest } from './read-request';

/** Name, content type and all else that stands around the base64 of a file. */
const AROUND_FILE_BYTES = 16 * 1024;

/** Adds the attachment in the body to a draft. */
export async function addAttachment(
  request: Request,
  { user, messageId }: MessageRoute,
  state: SandboxState,
  call: Call,
): Promise<SandboxAttachment> {
  const { limits } = state.settings;
  const found = lookUpMessage(state, user, messageId);
  const requireAlone = found && beginChange(state, found, call, call);
  const body = await readJsonRequest(request, state.settings, requestLimit(limits));
  const draft = findDraft(state, user, messageId);
  requireAlone?.();
  const read = readAttachment(readEntity(body, 'attachment'), limits.attachmentBytes);
  attachTo(draft, read, state);
  return read;
}

/** Puts a file that is there whole among the draft's. @throws GraphRefusal given one too many */
export function attachTo(draft: StoredMessage, attachment: SandboxAttachment, state: SandboxState): void {
  const { attachments } = draft.message.content;
  checkAttachmentCount(attachments.length + 1, state.settings.limits);
  attachments.push(attachment);
  markChanged(draft, state);
}

/**
 * Any file under the limit can be posted, so its base64 and the JSON around it are taken too: in the strict reading
 * of both limits there would be files that are too long for this request and too short for an upload session.
 */
function requestLimit({ requestBytes, attachmentBytes }: SandboxLimits): number {
  return Math.max(requestBytes, Math.ceil(attachmentBytes / 3) * 4 + AROUND_FILE_BYTES);
}
