import type { Call } from '../call';
import type { SandboxAttachment } from '../mail/message';
import { showTime } from '../mail/show-time';
import type { Ids } from '../mailbox/make-ids';
import type { SandboxState } from '../sandbox-state';
import { jsonAnswer } from './graph-answer';
import { readQueryOptions } from './query-options';
import { selectProperties } from './select-properties';

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
