import { GraphRefusal } from '../http/graph-refusal';
import type { PathValues } from '../http/route';
import { findDraft } from '../mailbox/messages';
import type { AnnouncedFile, MailboxState, UploadSession } from '../mailbox/state';
import { uploadedContent } from '../mailbox/uploaded-content';
import { originFor } from '../own-hosts';
import type { JsonEntity } from '../schema/entity-types';
import { readEntity } from '../schema/read-entity';
import type { SandboxLimits, SandboxSettings } from '../settings';
import { readJsonRequest } from './read-request';

/** Opens an upload session for the file that the body describes. */
export async function createUploadSession(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
): Promise<UploadSession> {
  const { limits, keepContent, now, uploadSessionLifetime } = state.settings;
  const body = await readJsonRequest(request, state.settings);
  const draft = findDraft(state, user, messageId);
  const { AttachmentItem } = readEntity(body, 'createUploadSession');
  const session = {
    id: state.ids.guid(),
    authToken: state.ids.outlookId(),
    draft,
    file: readFile(AttachmentItem, limits),
    content: uploadedContent(keepContent),
    expiresAt: new Date(now() + uploadSessionLifetime * 1000),
  };
  state.uploadSessions.set(session.id, session);
  return session;
}

/** The secret is in the query, which the list of requests leaves out. */
export function uploadUrl({ id, authToken }: UploadSession, origin: string): string {
  return `${origin}/upload/${id}?authtoken=${encodeURIComponent(authToken)}`;
}

/** The origin at which the client of a request reaches its upload sessions. */
export function uploadOriginFor(request: Request, settings: SandboxSettings): string {
  const { uploadOrigin, graphEndpoint } = settings;
  return uploadOrigin === graphEndpoint ? originFor(request, uploadOrigin, settings) : uploadOrigin;
}

/** What Graph says of a session. For mail, `nextExpectedRanges` is one number: the next start. */
export function progressOf({ content, expiresAt }: UploadSession): object {
  return {
    expirationDateTime: expiresAt.toISOString(),
    nextExpectedRanges: [content.size === 0 ? '0-' : `${content.size}`],
  };
}

/** The same at the URL of the session, where the documents show capitals. [rule: upload-answer-names] */
export function progressAtUrl(
  session: UploadSession,
  { uploadAnswerNames }: Pick<SandboxSettings, 'uploadAnswerNames'>,
): object {
  const progress = progressOf(session);
  if (uploadAnswerNames === 'camelCase') return progress;
  return Object.fromEntries(
    Object.entries(progress).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );
}

function readFile(item: JsonEntity<'attachmentItem'> | undefined, limits: SandboxLimits): AnnouncedFile {
  if (item === undefined) {
    throw new GraphRefusal(
      'session-file',
      400,
      'RequestBodyRead',
      "The request has no parameter 'AttachmentItem'.",
    );
  }
  const { attachmentType, name, size, contentType, contentId, isInline } = item;
  if (!attachmentType) throw invalid('The attachment item has no attachmentType.');
  if (attachmentType.toLowerCase() !== 'file') {
    throw new GraphRefusal(
      'session-kind',
      405,
      'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments',
      'An upload session is for file attachments only.',
    );
  }
  if (!name) throw invalid('The attachment item has no name.');
  if (typeof size !== 'number') throw invalid(`The attachment item '${name}' has no size.`);
  checkSize(size, limits);
  return {
    described: {
      name,
      contentType: contentType ?? 'application/octet-stream',
      isInline: isInline ?? false,
      ...(typeof contentId === 'string' && { contentId }),
    },
    sizeBytes: size,
  };
}

function checkSize(sizeBytes: number, { sessionMinimumBytes, sessionMaximumBytes }: SandboxLimits): void {
  if (sizeBytes < sessionMinimumBytes) {
    throw new GraphRefusal(
      'session-minimum',
      400,
      'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
      `The attachment size should not be less than ${sessionMinimumBytes} bytes, it is ${sizeBytes}.`,
    );
  }
  if (sizeBytes > sessionMaximumBytes) {
    throw new GraphRefusal(
      'session-maximum',
      400,
      'ErrorAttachmentSizeLimitExceeded',
      `The attachment size should not be more than ${sessionMaximumBytes} bytes, it is ${sizeBytes}.`,
    );
  }
}

function invalid(message: string): GraphRefusal {
  return new GraphRefusal('session-file', 400, 'ErrorInvalidRequest', message);
}
