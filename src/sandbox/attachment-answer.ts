import type { Call } from './call';
import { jsonAnswer } from './graph-answer';
import { outlookId } from './outlook-id';
import type { SandboxAttachment } from './sandbox-message';

/** What Graph tells of an attachment that it has added, without its bytes. */
export function attachmentAnswer(attachment: SandboxAttachment, call: Call): Response {
  const { name, contentType, size, isInline, contentId = null } = attachment;
  const lastModifiedDateTime = call.receivedAt.toISOString();
  const body = { id: outlookId(), lastModifiedDateTime, name, contentType, size, isInline, contentId };
  return jsonAnswer(201, body, call);
}
