import { throwIfGivenUp } from '../errors/abort';
import { GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property } from '../graph/answer-error';
import type { MessageRequests } from '../graph/message-requests';
import type { GraphAttachment } from '../message/attachments';
import { LIKE_CREATED } from './draft-requests';
import { untilPassed } from './passing-state';
import { plainJson } from './request-bodies';
import { uploadRanges } from './upload-ranges';
import { isUploadUrl } from './upload-url';

/** Where and how to upload an attachment. */
export interface UploadTarget {
  requests: MessageRequests;
  /** Path of the draft. */
  draftPath: string;
  /** How many attachments with the same name the draft already has. */
  sameNamed: number;
  /** Called with the number of bytes of the attachment that Graph has received. */
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** The most sessions that are opened for one attachment. */
const MAX_SESSIONS = 3;

/**
 * The draft may have the attachment, a part of it, or nothing. Uploading again might attach it twice, so the
 * draft is useless now.
 */
export class SpoiledDraftError extends GraphTransportError {
  constructor(name: string, cause: unknown) {
    const { responseCode, graphCode, requestId, clientRequestId, response, retryAfter } =
      cause instanceof GraphTransportError ? cause : {};
    super('ECONNECTION', `Graph did not say whether it has the attachment "${name}".`, {
      outcome: 'not-accepted',
      hint: 'Nothing was sent.',
      responseCode,
      graphCode,
      requestId,
      clientRequestId,
      response,
      retryAfter,
      cause,
    });
  }
}

/**
 * Uploads an attachment to a draft in ranges. Repeating an upload is safe, since nothing is sent until the
 * draft is. A range that fails is resent from where Graph says the session stands, and an expired session is
 * reopened.
 *
 * @throws SpoiledDraftError if it is unknown whether the attachment was added
 * @throws GraphTransportError if the upload fails for good; its session is cancelled
 */
export async function uploadAttachment(attachment: GraphAttachment, target: UploadTarget): Promise<void> {
  const { requests } = target;
  const name = attachment.name ?? '';
  for (let session = 1; ; session++) {
    const url = await openSession(attachment, target);
    // The session would expire anyway; the error of the upload is what matters.
    const cancel = () => requests.cleanUpUpload({ method: 'DELETE', url }).catch(() => undefined);
    const end = await uploadRanges(url, attachment, target).catch(async (error: unknown) => {
      await cancel();
      throw error;
    });
    if (end.kind === 'done') return;
    await cancel();
    const { kind, error, lastRange } = end;
    // A session also ends with its last range, so a client that repeats that request is told that the session
    // is gone.
    if (lastRange !== 'unsent' && (await isAttached(attachment, target))) return;
    if (lastRange === 'in doubt') throw new SpoiledDraftError(name, error);
    if (kind === 'failed') throw error;
    if (session === MAX_SESSIONS) throw withoutSession(error);
    await requests.waitOut(error, session);
  }
}

async function openSession(
  { name, contentType, isInline, contentId, contentBytes }: GraphAttachment,
  { requests, draftPath }: UploadTarget,
): Promise<string> {
  const item = { attachmentType: 'file', name, size: contentBytes.size, contentType, isInline, contentId };
  const open = () =>
    requests.call({
      method: 'POST',
      path: `${draftPath}/attachments/createUploadSession`,
      what: `the attachment "${name}"`,
      expect: 201,
      alike: LIKE_CREATED,
      wantsBody: true,
      contentType: 'application/json',
      body: plainJson({ AttachmentItem: item }),
      check: (answer) => uploadUrlOf(answer, name, requests),
      // An unused session expires by itself.
      repeatable: true,
    });
  const { body } = await untilPassed(requests, open);
  return uploadUrlOf(body, name, requests);
}

function uploadUrlOf(
  body: string,
  name: string | null | undefined,
  { endpoint, isAlone }: Pick<MessageRequests, 'endpoint' | 'isAlone'>,
): string {
  const url = property(parseJson(body), 'uploadUrl');
  if (typeof url === 'string' && isUploadUrl(url, endpoint, isAlone)) return url;
  throw new GraphTransportError('EMESSAGE', `Graph gave no usable upload URL for the attachment "${name}".`, {
    outcome: 'unknown',
    hint: "Does a proxy or gateway change Graph's answers?",
  });
}

/**
 * Whether the draft shows the whole attachment; Exchange's size includes more than the bytes. Only a yes means
 * anything: an attachment that was just added may not be shown yet.
 */
async function isAttached(
  { name, contentBytes }: GraphAttachment,
  { requests, draftPath, sameNamed }: UploadTarget,
): Promise<boolean> {
  const list = await requests
    .call({
      method: 'GET',
      path: `${draftPath}/attachments?${new URLSearchParams({ $select: 'name,size' })}`,
      what: 'the request for the attachments of the draft',
      expect: 200,
      wantsBody: true,
      repeatable: true,
    })
    .catch(() => undefined);
  throwIfGivenUp(requests.signal);
  const shown = property(parseJson(list?.body ?? ''), 'value');
  if (!Array.isArray(shown)) return false;
  const named = shown.filter((attachment) => property(attachment, 'name') === name);
  const isWhole = (attachment: unknown) => Number(property(attachment, 'size')) >= contentBytes.size;
  return named.length === sameNamed + 1 && named.some(isWhole);
}

function withoutSession(error: GraphTransportError): GraphTransportError {
  return error.with({
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: `The upload session disappeared ${MAX_SESSIONS} times before the attachment was complete. Nothing was sent. Send the message again later.`,
    link: undefined,
    cause: error,
  });
}
