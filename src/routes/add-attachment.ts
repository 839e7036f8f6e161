import { outcomeOf } from '../errors';
import { inMemory } from '../message/attachment-content';
import type { GraphAttachment } from '../message/attachments';
import { untilFound } from './draft-requests';
import { attachmentJson } from './json-body';
import { MIN_SESSION_BYTES } from './limits';
import { SpoiledDraftError, type UploadTarget, uploadAttachment } from './upload-session';

/**
 * Adds an attachment to a draft, whole or by an upload session.
 *
 * @throws SpoiledDraftError when nobody knows whether it is there
 */
export function addAttachment(attachment: GraphAttachment, target: UploadTarget): Promise<void> {
  const isLarge = attachment.contentBytes.size >= MIN_SESSION_BYTES;
  return untilFound(target.requests, () => (isLarge ? uploadAttachment : postAttachment)(attachment, target));
}

async function postAttachment(
  attachment: GraphAttachment,
  { requests, draftPath, onProgress }: UploadTarget,
): Promise<void> {
  const content = attachment.contentBytes;
  const bytes = content.held ?? (await content.read(Buffer.allocUnsafe(content.size), 0));
  const name = attachment.name ?? '';
  try {
    await requests.call({
      method: 'POST',
      path: `${draftPath}/attachments`,
      what: `the attachment "${name}"`,
      expect: 201,
      contentType: 'application/json',
      body: attachmentJson({ ...attachment, contentBytes: inMemory(bytes) }),
    });
  } catch (error) {
    throw outcomeOf(error) === 'unknown' ? new SpoiledDraftError(name, error) : error;
  }
  onProgress(name, content.size, content.size);
}
