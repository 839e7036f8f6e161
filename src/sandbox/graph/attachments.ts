import type { Call } from '../http/delivery';
import { jsonAnswer, showTime } from '../http/graph-answer';
import { GraphRefusal } from '../http/graph-refusal';
import type { Ids } from '../http/ids';
import type { PathValues } from '../http/route';
import { checkAttachmentCount } from '../mail/check-message';
import type { SandboxAttachment } from '../mail/message';
import { readAttachment } from '../mail/read-json';
import { findDraft, lookUpMessage, markChanged, notFound } from '../mailbox/messages';
import type { MailboxMessage, MailboxState } from '../mailbox/state';
import { readEntity } from '../schema/read-entity';
import type { SandboxLimits } from '../settings';
import { readQueryOptions, selectProperties } from './query-options';
import { readJsonRequest } from './read-request';

/** Room for the name, the content type and the rest of the JSON around the base64. */
const AROUND_FILE_BYTES = 16 * 1024;

/** Adds the attachment in the body to a draft. */
export async function addAttachment(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
  call: Call,
): Promise<Response> {
  const { limits } = state.settings;
  const found = lookUpMessage(state, user, messageId);
  const requireAlone = found && beginAttaching(state, found, call, call);
  const body = await readJsonRequest(request, state.settings, requestLimit(limits));
  const draft = findDraft(state, user, messageId);
  requireAlone?.();
  const read = readAttachment(readEntity(body, 'attachment'), limits.attachmentBytes);
  attachTo(draft, read, state);
  return attachmentAnswer(draft, read, state, call);
}

/** Adds a complete file to a draft. @throws GraphRefusal if it is one too many */
export function attachTo(draft: MailboxMessage, attachment: SandboxAttachment, state: MailboxState): void {
  const { attachments } = draft.content;
  checkAttachmentCount(attachments.length + 1, state.settings.limits);
  attachments.push(attachment);
  markChanged(draft, state);
}

/**
 * Every file below its limit can be posted, so the base64 and JSON around it are allowed too. With both limits taken
 * literally, some files would be too large for this request and too small for an upload session.
 */
function requestLimit({ requestBytes, attachmentBytes }: SandboxLimits): number {
  return Math.max(requestBytes, Math.ceil(attachmentBytes / 3) * 4 + AROUND_FILE_BYTES);
}

/** The id of a message's attachment, which stays the same. */
export function attachmentId(
  { content, attachmentIds }: MailboxMessage,
  attachment: SandboxAttachment,
  { outlookId }: Ids,
): string {
  const at = content.attachments.indexOf(attachment);
  const id = attachmentIds[at] ?? outlookId();
  attachmentIds[at] = id;
  return id;
}

/** Graph's answer to an attachment that was added: all but its bytes. */
function attachmentAnswer(
  draft: MailboxMessage,
  attachment: SandboxAttachment,
  { ids, settings }: MailboxState,
  call: Call,
): Response {
  const lastModifiedDateTime = showTime(call.receivedAt, settings);
  return jsonAnswer(201, { ...describe(draft, attachment, ids), lastModifiedDateTime }, call);
}

/** A message's attachments, without their bytes, which the service would show if `$select` were missing. */
export function attachmentsAnswer(
  message: MailboxMessage,
  request: Request,
  { ids }: MailboxState,
  call: Call,
): Response {
  const { $select } = readQueryOptions(request, ['$select']);
  const value = message.content.attachments.map((attachment) =>
    selectProperties('fileAttachment', describe(message, attachment, ids), {}, $select),
  );
  return jsonAnswer(200, { value }, call);
}

/** Takes a file off a draft. */
export function deleteAttachment(
  { user, messageId, attachmentId: id }: PathValues,
  state: MailboxState,
): void {
  const draft = findDraft(state, user, messageId);
  const { attachments } = draft.content;
  const at = attachments.findIndex((attachment) => attachmentId(draft, attachment, state.ids) === id);
  if (at === -1) throw notFound();
  attachments.splice(at, 1);
  draft.attachmentIds.splice(at, 1);
  markChanged(draft, state);
}

function describe(message: MailboxMessage, attachment: SandboxAttachment, ids: Ids): Record<string, unknown> {
  const { name, contentType, size, isInline, contentId = null } = attachment;
  return { id: attachmentId(message, attachment, ids), name, contentType, size, isInline, contentId };
}

/**
 * To be called when a request starts to attach a file, or a part of one, to a draft. The function it returns throws if
 * another request was already attaching another file: the draft has changed since then.
 */
export function beginAttaching(
  { attaching }: MailboxState,
  draft: MailboxMessage,
  file: object,
  call: Call,
): () => void {
  const isLater = [...attaching.values()].some((other) => other.draft === draft && other.file !== file);
  if (!isLater) attaching.set(call, { draft, file });
  return () => {
    if (isLater) throw conflict();
  };
}

/** To be called when the request has been answered, with success or not. */
export function endAttaching({ attaching }: MailboxState, call: Call): void {
  attaching.delete(call);
}

function conflict(): GraphRefusal {
  return new GraphRefusal(
    'parallel-attachments',
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not ' +
      'match the current change key for the item.',
  );
}
