import { setTimeout as sleep } from 'node:timers/promises';
import { GraphTransportError } from '../errors';
import type { GraphClient } from '../graph/client';
import type { AttachmentContent } from '../message/attachment-content';
import type { GraphAttachment } from '../message/attachments';
import { RANGE_BYTES } from './limits';

/** Where and how an attachment is uploaded. */
export interface UploadTarget {
  client: GraphClient;
  /** Path of the draft. */
  draftPath: string;
  signal: AbortSignal | undefined;
}

/** Waits between attempts: a range is never sent a sixth time, a session never opened a fourth. */
const RANGE_WAITS_MS = [250, 500, 1000, 2000, 4000];
const MAX_SESSIONS = 3;

/**
 * The answer to the last range was lost, and the session with it: the attachment is on the draft or it is
 * not. To upload it again might attach it twice, so the draft is of no more use.
 */
export class SpoiledDraftError extends GraphTransportError {
  constructor(name: string, cause: unknown) {
    super('ECONNECTION', `Graph did not say whether it has the attachment "${name}".`, {
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
export async function uploadAttachment(
  attachment: GraphAttachment,
  content: AttachmentContent,
  target: UploadTarget,
): Promise<void> {
  for (let session = 1; ; session++) {
    const url = await openSession(attachment, content.size, target);
    // The session ends by itself too; what matters is the error of the upload.
    const cancel = () => target.client.upload({ method: 'DELETE', url }).catch(() => undefined);
    const outcome = await uploadRanges(url, content, target).catch(async (error: unknown) => {
      await cancel();
      throw error;
    });
    if (outcome.done) return;
    await cancel();
    if (outcome.lastAnswerLost) throw new SpoiledDraftError(attachment.name ?? '', outcome.error);
    if (!outcome.sessionGone || session === MAX_SESSIONS) {
      throw outcome.error ?? uploadError(attachment, outcome.status);
    }
  }
}

async function openSession(
  { name, contentType, isInline, contentId }: GraphAttachment,
  size: number,
  { client, draftPath, signal }: UploadTarget,
): Promise<string> {
  const item = { attachmentType: 'file', name, size, contentType, isInline, contentId };
  const { body } = await client.call({
    method: 'POST',
    path: `${draftPath}/attachments/createUploadSession`,
    what: `the attachment "${name}"`,
    expect: 201,
    wantsBody: true,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ AttachmentItem: item })),
    signal,
  });
  const url = property(body, 'uploadUrl');
  if (typeof url !== 'string' || !isSafeUrl(url)) {
    throw new GraphTransportError(
      'EMESSAGE',
      `Graph gave no usable upload URL for the attachment "${name}".`,
    );
  }
  return url;
}

type UploadOutcome =
  | { done: true }
  | {
      done: false;
      sessionGone: boolean;
      /** Whether the last range was sent and never answered. */
      lastAnswerLost: boolean;
      status?: number;
      error?: GraphTransportError;
    };

async function uploadRanges(
  url: string,
  content: AttachmentContent,
  { client, signal }: UploadTarget,
): Promise<UploadOutcome> {
  const buffer = Buffer.allocUnsafe(Math.min(RANGE_BYTES, content.size));
  let start = 0;
  let failures = 0;
  let lastAnswerLost = false;
  for (;;) {
    const range = await content.read(buffer, start);
    const answer = await client
      .upload({
        method: 'PUT',
        url,
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `bytes ${start}-${start + range.length - 1}/${content.size}`,
        },
        body: range,
        signal,
      })
      .catch(connectionFailure);
    if ('status' in answer && answer.status === 201) return { done: true };
    const isLast = start + range.length === content.size;
    lastAnswerLost ||= isLast && (!('status' in answer) || answer.status >= 500);
    if ('status' in answer && answer.status === 200) {
      const next = nextStart(answer.body);
      // A range that moves nothing would go on for ever.
      if (next !== undefined && next > start && next < content.size) {
        start = next;
        failures = 0;
        continue;
      }
    }
    if ('status' in answer && answer.status === 404)
      return { done: false, sessionGone: true, lastAnswerLost, ...answer };
    const wait = RANGE_WAITS_MS[failures++];
    if (wait === undefined || ('status' in answer && !isTransient(answer.status))) {
      return { done: false, sessionGone: false, lastAnswerLost, ...answer };
    }
    await pause(wait, signal);
    const position = await client.upload({ method: 'GET', url, signal }).catch(connectionFailure);
    if ('status' in position && position.status === 404)
      return { done: false, sessionGone: true, lastAnswerLost, ...position };
    const next = 'status' in position && position.status === 200 ? nextStart(position.body) : undefined;
    if (next !== undefined && next < content.size) start = next;
  }
}

/** A connection that broke is one more failed attempt; an abort ends them all. */
function connectionFailure(error: unknown): { error: GraphTransportError } {
  if (error instanceof GraphTransportError && error.code !== 'EABORT') return { error };
  throw error;
}

/** Also the answers that say a range does not fit: Graph is asked where it stands, and goes on from there. */
function isTransient(status: number): boolean {
  return status === 200 || status === 408 || status === 416 || status === 429 || status >= 500;
}

/** The only value of `nextExpectedRanges`, in either of the forms that are met: `"2097152"` and `"0-"`. */
function nextStart(body: string): number | undefined {
  const ranges = property(body, 'nextExpectedRanges');
  const [first] = Array.isArray(ranges) ? ranges : [];
  const start = Number.parseInt(String(first), 10);
  return Number.isSafeInteger(start) && start >= 0 ? start : undefined;
}

/** A property of a JSON body; services behind Graph differ in the case of names. */
function property(body: string, name: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    return entries.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  } catch {
    return undefined;
  }
}

/** The message goes there: never in the clear, but for a sandbox on this machine. */
function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  // An abort during the wait shows in the next request, which says so in our own words.
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function uploadError({ name }: GraphAttachment, status: number | undefined): GraphTransportError {
  return new GraphTransportError(
    'EMESSAGE',
    `Uploading the attachment "${name}" failed${status === undefined ? '' : `: the upload session answered ${status}`}.`,
    { hint: 'Nothing was sent.', responseCode: status },
  );
}
