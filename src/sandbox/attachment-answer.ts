import type { Call } from './call';
import { jsonAnswer } from './graph-answer';
import type { Ids } from './make-ids';
import { readQueryOptions } from './query-options';
import type { SandboxAttachment } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import { selectProperties } from './select-properties';
import { showTime } from './show-time';

const ids = new WeakMap<SandboxAttachment, string>();

/** The same each time that it is asked for. */
export function attachmentId(attachment: SandboxAttachment, { outlookId }: Ids): string {
  const id = ids.get(attachment) ?? outlookId();
  ids.set(attachment, id);
  return id;
}

/** What Graph tells of an attachment that it has added, without its bytes. */
export function attachmentAnswer(
  attachment: SandboxAttachment,
  { ids, settings }: SandboxState,
  call: Call,
): Response {
  const lastModifiedDateTime = showTime(call.receivedAt, settings);
  return jsonAnswer(201, { ...describe(attachment, ids), lastModifiedDateTime }, call);
}

/** The attachments of a message, also without their bytes, which the service would show where `$select` is missing. */
export function attachmentsAnswer(
  attachments: readonly SandboxAttachment[],
  request: Request,
  { ids }: SandboxState,
  call: Call,
): Response {
  const { $select } = readQueryOptions(request, ['$select']);
  const value = attachments.map((attachment) =>
    selectProperties('fileAttachment', describe(attachment, ids), {}, $select),
  );
  return jsonAnswer(200, { value }, call);
}

function describe(attachment: SandboxAttachment, ids: Ids): Record<string, unknown> {
  const { name, contentType, size, isInline, contentId = null } = attachment;
  return { id: attachmentId(attachment, ids), name, contentType, size, isInline, contentId };
}
