import { GraphTransportError, outcomeOf } from '../errors';
import { inMemory } from '../message/attachment-content';
import type { GraphAttachment } from '../message/attachments';
import { attachmentJson } from './json-body';
import { MIN_SESSION_BYTES } from './limits';
import { SpoiledDraftError, type UploadTarget, uploadAttachment } from './upload-session';

/** How often a draft that was made a moment ago may not be found yet; adding to it again does no harm then. */
const NOT_FOUND_ATTEMPTS = 4;

/**
 * Adds an attachment to a draft, whole or by an upload session.
 *
 * @throws SpoiledDraftError when nobody knows whether it is there
 */
export async function addAttachment(attachment: GraphAttachment, target: UploadTarget): Promise<void> {
  const isLarge = attachment.contentBytes.size >= MIN_SESSION_BYTES;
  for (let attempt = 1; ; attempt++) {
    try {
      return await (isLarge ? uploadAttachment : postAttachment)(attachment, target);
    } catch (error) {
      if (!isNotFound(error) || attempt === NOT_FOUND_ATTEMPTS) throw error;
      await target.requests.moment(attempt);
    }
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof GraphTransportError && error.responseCode === 404;
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
