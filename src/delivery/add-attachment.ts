import { outcomeOf } from '../errors/graph-transport-error';
import type { GraphAttachment } from '../message/attachments';
import { inMemory } from '../mime/spool';
import { LIKE_CREATED } from './draft-requests';
import { attachmentJson } from './json-body';
import { MIN_SESSION_BYTES } from './limits';
import { untilPassed } from './passing-state';
import { SpoiledDraftError, type UploadTarget, uploadAttachment } from './upload-session';

/**
 * Adds an attachment to a draft, in one request or in an upload session.
 *
 * @throws SpoiledDraftError if it is unknown whether the attachment was added
 */
export function addAttachment(attachment: GraphAttachment, target: UploadTarget): Promise<void> {
  const isLarge = attachment.contentBytes.size >= MIN_SESSION_BYTES;
  return (isLarge ? uploadAttachment : postAttachment)(attachment, target);
}

async function postAttachment(
  attachment: GraphAttachment,
  { requests, draftPath, onProgress }: UploadTarget,
): Promise<void> {
  const content = attachment.contentBytes;
  const bytes = content.held ?? (await content.read(Buffer.allocUnsafe(content.size), 0));
  const name = attachment.name ?? '';
  const body = attachmentJson({ ...attachment, contentBytes: inMemory(bytes) });
  const post = () =>
    requests.call({
      method: 'POST',
      path: `${draftPath}/attachments`,
      what: `the attachment "${name}"`,
      expect: 201,
      alike: LIKE_CREATED,
      contentType: 'application/json',
      body,
    });
  try {
    await untilPassed(requests, post);
  } catch (error) {
    throw outcomeOf(error) === 'unknown' ? new SpoiledDraftError(name, error) : error;
  }
  onProgress(name, content.size, content.size);
}
