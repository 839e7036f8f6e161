import { checkEntity } from './check-entity';
import { readAttachment } from './json-attachments';
import { readJsonRequest } from './read-request';
import type { MessageRoute } from './routes';
import type { SandboxAttachment } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import type { SandboxLimits } from './settings';
import { findDraft } from './stored-message';

/** Name, content type and all else that stands around the base64 of a file. */
const AROUND_FILE_BYTES = 16 * 1024;

/** Adds the attachment in the body to a draft. */
export async function addAttachment(
  request: Request,
  { user, messageId }: MessageRoute,
  state: SandboxState,
): Promise<SandboxAttachment> {
  const { limits } = state.settings;
  const attachment = await readJsonRequest(request, requestLimit(limits));
  const draft = findDraft(state, user, messageId);
  checkEntity(attachment, 'attachment');
  const read = readAttachment(attachment, limits.attachmentBytes);
  draft.message.content.attachments.push(read);
  return read;
}

/**
 * Any file under the limit can be posted, so its base64 and the JSON around it are taken too: in the strict reading
 * of both limits there would be files that are too long for this request and too short for an upload session.
 */
function requestLimit({ requestBytes, attachmentBytes }: SandboxLimits): number {
  return Math.max(requestBytes, Math.ceil(attachmentBytes / 3) * 4 + AROUND_FILE_BYTES);
}
