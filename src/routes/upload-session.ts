import { alteredError, GraphTransportError } from '../errors';
import { SendTimeout } from '../given-up';
import type { UploadAnswer } from '../graph/client';
import { parseJson, property } from '../graph/json-property';
import type { MessageRequests } from '../graph/message-requests';
import { bufferBody } from '../graph/request-body';
import type { GraphAttachment } from '../message/attachments';
import { plainJson } from './json-body';
import { RANGE_BYTES } from './limits';
import { isUploadUrl } from './upload-url';

/** Where and how an attachment is uploaded. */
export interface UploadTarget {
  requests: MessageRequests;
  /** Path of the draft. */
  draftPath: string;
  /** Is told how many bytes of the attachment are there. */
  onProgress: (attachment: string, sentBytes: number, totalBytes: number) => void;
}

/** A session is never opened a fourth time for an attachment. */
const MAX_SESSIONS = 3;

/**
 * The answer to the last range was lost, and the session with it: the attachment is on the draft or it is
 * not. To upload it again might attach it twice, so the draft is of no more use.
 */
export class SpoiledDraftError extends GraphTransportError {
  constructor(name: string, cause: unknown) {
    super('ECONNECTION', `Graph did not say whether it has the attachment "${name}".`, {
      outcome: 'not-accepted',
      hint: 'Nothing was sent.',
      cause,
    });
  }
}

/**
 * Uploads an attachment in ranges to a draft. Uploading is safe to repeat, since nothing is sent until the
 * draft is: a range that fails is sent again from where Graph says it stands, and a session that is gone is
 * opened anew.
 *
 * @throws SpoiledDraftError when nobody knows whether the attachment is there
 * @throws GraphTransportError when the upload fails for good; its session is cancelled
 */
export async function uploadAttachment(attachment: GraphAttachment, target: UploadTarget): Promise<void> {
  for (let session = 1; ; session++) {
    const url = await openSession(attachment, target);
    // The session ends by itself too; what matters is the error of the upload.
    const cancel = () => target.requests.cleanUpUpload({ method: 'DELETE', url }).catch(() => undefined);
    const outcome = await uploadRanges(url, attachment, target).catch(async (error: unknown) => {
      await cancel();
      throw error;
    });
    if (outcome.done) return;
    await cancel();
    if (outcome.lastAnswerLost) throw new SpoiledDraftError(attachment.name ?? '', outcome.error);
    if (!outcome.sessionGone || session === MAX_SESSIONS) throw outcome.error;
  }
}

async function openSession(
  { name, contentType, isInline, contentId, contentBytes }: GraphAttachment,
  { requests, draftPath }: UploadTarget,
): Promise<string> {
  const item = { attachmentType: 'file', name, size: contentBytes.size, contentType, isInline, contentId };
  const { body } = await requests.call({
    method: 'POST',
    path: `${draftPath}/attachments/createUploadSession`,
    what: `the attachment "${name}"`,
    expect: 201,
    wantsBody: true,
    contentType: 'application/json',
    body: plainJson({ AttachmentItem: item }),
    check: (answer) => uploadUrlOf(answer, name, requests.endpoint),
    // A session that nobody uses ends by itself.
    repeatable: true,
  });
  return uploadUrlOf(body, name, requests.endpoint);
}

function uploadUrlOf(body: string, name: string | null | undefined, endpoint: string): string {
  const url = property(parseJson(body), 'uploadUrl');
  if (typeof url === 'string' && isUploadUrl(url, endpoint)) return url;
  throw new GraphTransportError('EMESSAGE', `Graph gave no usable upload URL for the attachment "${name}".`, {
    outcome: 'unknown',
    hint: 'Nothing was sent. Does a proxy or gateway change its answers?',
  });
}

type UploadOutcome =
  | { done: true }
  | {
      done: false;
      sessionGone: boolean;
      /** Whether the last range was sent and never answered. */
      lastAnswerLost: boolean;
      error: GraphTransportError;
    };

async function uploadRanges(
  url: string,
  attachment: GraphAttachment,
  { requests, onProgress }: UploadTarget,
): Promise<UploadOutcome> {
  const name = attachment.name ?? '';
  const content = attachment.contentBytes;
  const buffer = Buffer.allocUnsafe(Math.min(RANGE_BYTES, content.size));
  let start = 0;
  let attempt = 1;
  let lastAnswerLost = false;
  for (;;) {
    const range = await content.read(buffer, start);
    const answer = await answerOf(
      requests.upload({
        method: 'PUT',
        url,
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `bytes ${start}-${start + range.length - 1}/${content.size}`,
        },
        body: bufferBody(range),
      }),
    );
    if (answer.status === 201) {
      onProgress(name, content.size, content.size);
      return { done: true };
    }
    const isLast = start + range.length === content.size;
    lastAnswerLost ||= isLast && (answer.status === undefined || answer.status >= 500);
    if (answer.status === 200) {
      const next = nextStart(answer.body);
      // A range that moves nothing would go on for ever.
      if (next !== undefined && next > start && next < content.size) {
        start = next;
        attempt = 1;
        onProgress(name, start, content.size);
        continue;
      }
    }
    const error = failureOf(answer, name);
    if (isGone(answer.status)) return { done: false, sessionGone: true, lastAnswerLost, error };
    if (!(await requests.retry(error, attempt++, true))) {
      return { done: false, sessionGone: false, lastAnswerLost, error };
    }
    const position = await answerOf(requests.upload({ method: 'GET', url }));
    if (isGone(position.status)) return { done: false, sessionGone: true, lastAnswerLost, error };
    const next = position.status === 200 ? nextStart(position.body) : undefined;
    if (next !== undefined && next < content.size) start = next;
  }
}

type Answer = UploadAnswer | { status: undefined; error: GraphTransportError };

/** A connection that broke is one more failed attempt; a send that was given up ends them all. */
async function answerOf(answer: Promise<UploadAnswer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GraphTransportError && isConnectionFailure(error)) {
      return { status: undefined, error };
    }
    throw error;
  }
}

function isConnectionFailure({ code, ambiguous, retryable, cause }: GraphTransportError): boolean {
  return code !== 'EABORT' && !(cause instanceof SendTimeout) && (ambiguous || retryable);
}

function failureOf(answer: Answer, name: string): GraphTransportError {
  const failed = `Uploading the attachment "${name}" failed: `;
  if (answer.status === undefined) {
    return alteredError(answer.error, { outcome: 'not-accepted', before: failed });
  }
  const { status, retryAfter } = answer;
  return new GraphTransportError(
    isTransient(status) ? 'ECONNECTION' : 'EMESSAGE',
    `${failed}the upload session answered ${status}.`,
    {
      outcome: isTransient(status) ? 'not-accepted' : 'refused',
      hint: 'Nothing was sent.',
      responseCode: status,
      retryAfter,
    },
  );
}

/** Whether the session is no more; its URL is all the right that a request has. */
function isGone(status: number | undefined): boolean {
  return status === 401 || status === 404 || status === 410;
}

/** Also the answers that say a range does not fit: Graph is asked where it stands, and goes on from there. */
function isTransient(status: number): boolean {
  return [200, 408, 416, 429].includes(status) || isGone(status) || status >= 500;
}

/** The only value of `nextExpectedRanges`, in either of the forms that are met: `"2097152"` and `"0-"`. */
function nextStart(body: string): number | undefined {
  const ranges = property(parseJson(body), 'nextExpectedRanges');
  const [first] = Array.isArray(ranges) ? ranges : [];
  const start = Number.parseInt(String(first), 10);
  return Number.isSafeInteger(start) && start >= 0 ? start : undefined;
}
