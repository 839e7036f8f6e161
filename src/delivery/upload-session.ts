import { throwIfGivenUp } from '../errors/abort';
import { alteredError, GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property } from '../graph/json-property';
import type { MessageRequests } from '../graph/message-requests';
import type { GraphAttachment } from '../message/attachments';
import { LIKE_CREATED } from './draft-requests';
import { plainJson } from './json-body';
import { untilPassed } from './passing-state';
import { uploadRanges } from './upload-ranges';
import { isUploadUrl } from './upload-url';

/** Where and how an attachment is uploaded. */
export interface UploadTarget {
  requests: MessageRequests;
  /** Path of the draft. */
  draftPath: string;
  /** How many attachments of the same name the draft has already. */
  sameNamed: number;
  /** Is told how many bytes of the attachment are there. */
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** A session is never opened a fourth time for an attachment. */
const MAX_SESSIONS = 3;

/**
 * The attachment is on the draft, or a part of it, or nothing. To upload it again might attach it twice, so the draft is
 * of no more use.
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
 * Uploads an attachment in ranges to a draft. Uploading is safe to repeat, since nothing is sent until the draft is: a
 * range that fails is sent again from where Graph says it stands, and a session that is gone is opened again.
 *
 * @throws SpoiledDraftError when nobody knows whether the attachment is there
 * @throws GraphTransportError when the upload fails for good; its session is cancelled
 */
export async function uploadAttachment(attachment: GraphAttachment, target: UploadTarget): Promise<void> {
  const { requests } = target;
  const name = attachment.name ?? '';
  for (let session = 1; ; session++) {
    const url = await openSession(attachment, target);
    // The session ends by itself too; what matters is the error of the upload.
    const cancel = () => requests.cleanUpUpload({ method: 'DELETE', url }).catch(() => undefined);
    const end = await uploadRanges(url, attachment, target).catch(async (error: unknown) => {
      await cancel();
      throw error;
    });
    if (end.kind === 'done') return;
    await cancel();
    const { kind, error, lastRange } = end;
    // A session ends with its last range as well, and whoever repeats a request on the way hears that it is gone.
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
      // A session that nobody uses ends by itself.
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
    hint: 'Nothing was sent. Does a proxy or gateway change its answers?',
  });
}

/**
 * Whether the draft shows the attachment, whole: Exchange counts what it keeps beside the bytes, too. Only a yes is worth
 * something, since what was just attached may not be shown yet.
 */
async function isAttached(
  { name, contentBytes }: GraphAttachment,
  { requests, draftPath, sameNamed }: UploadTarget,
): Promise<boolean> {
  const list = await requests
    .call({
      method: 'GET',
      path: `${draftPath}/attachments?${new URLSearchParams({ $select: 'name,size' })}`,
      what: 'the question for the attachments of the draft',
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
  return alteredError(error, {
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: `The upload session was gone ${MAX_SESSIONS} times before the attachment was there. Nothing was sent. Send it again later.`,
    link: undefined,
    cause: error,
  });
}
