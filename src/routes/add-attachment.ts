import { GraphTransportError, outcomeOf } from '../errors';
import type { AttachmentContent } from '../message/attachment-content';
import type { GraphAttachment } from '../message/attachments';
import { MIN_SESSION_BYTES } from './limits';
import { SpoiledDraftError, type UploadTarget, uploadAttachment } from './upload-session';

/** How often a draft that was made a moment ago may not be found yet; adding to it again does no harm then. */
const NOT_FOUND_ATTEMPTS = 4;

/**
 * Adds an attachment to a draft, whole or by an upload session.
 *
 * @throws SpoiledDraftError when nobody knows whether it is there
 */
export async function addAttachment(
  attachment: GraphAttachment,
  content: AttachmentContent,
  target: UploadTarget,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (content.size >= MIN_SESSION_BYTES) return await uploadAttachment(attachment, content, target);
      return await postAttachment(attachment, content, target);
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
  content: AttachmentContent,
  { requests, draftPath, onProgress }: UploadTarget,
): Promise<void> {
  const bytes = content.held ?? (await content.read(Buffer.allocUnsafe(content.size), 0));
  const name = attachment.name ?? '';
  try {
    await requests.call({
      method: 'POST',
      path: `${draftPath}/attachments`,
      what: `the attachment "${name}"`,
      expect: 201,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify({ ...attachment, contentBytes: bytes.toString('base64') })),
    });
  } catch (error) {
    throw outcomeOf(error) === 'unknown' ? new SpoiledDraftError(name, error) : error;
  }
  onProgress(name, content.size, content.size);
}
