import type { Call } from './call';
import { jsonAnswer } from './graph-answer';
import { outlookId } from './outlook-id';
import { readQueryOptions } from './query-options';
import type { SandboxAttachment } from './sandbox-message';
import { selectProperties } from './select-properties';

const ids = new WeakMap<SandboxAttachment, string>();

/** The same each time that it is asked for. */
export function attachmentId(attachment: SandboxAttachment): string {
  const id = ids.get(attachment) ?? outlookId();
  ids.set(attachment, id);
  return id;
}

/** What Graph tells of an attachment that it has added, without its bytes. */
export function attachmentAnswer(attachment: SandboxAttachment, call: Call): Response {
  const lastModifiedDateTime = call.receivedAt.toISOString();
  return jsonAnswer(201, { ...describe(attachment), lastModifiedDateTime }, call);
}

/** The attachments of a message, also without their bytes, which the service would show where `$select` is missing. */
export function attachmentsAnswer(
  attachments: readonly SandboxAttachment[],
  request: Request,
  call: Call,
): Response {
  const { $select } = readQueryOptions(request, ['$select']);
  const value = attachments.map((attachment) =>
    selectProperties('fileAttachment', describe(attachment), {}, $select),
  );
  return jsonAnswer(200, { value }, call);
}

function describe(attachment: SandboxAttachment): Record<string, unknown> {
  const { name, contentType, size, isInline, contentId = null } = attachment;
  return { id: attachmentId(attachment), name, contentType, size, isInline, contentId };
}
