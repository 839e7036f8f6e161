import { setTimeout as sleep } from 'node:timers/promises';
import { abortError, GraphTransportError } from '../errors';
import type { Accepted, GraphClient } from '../graph/client';
import { messagePath, messagesPath } from '../graph/endpoints';
import type { AttachmentContent } from '../message/attachment-content';
import type { GraphAttachment } from '../message/attachments';
import type { GraphMessage } from '../message/graph-message';
import { MAX_REQUEST_BYTES, MIN_SESSION_BYTES } from './limits';
import { SpoiledDraftError, type UploadTarget, uploadAttachment } from './upload-session';

/** A message that is larger than one request. */
export interface DraftMessage {
  userId: string;
  message: GraphMessage;
  /** Contents of `message.attachments`, in the same order. */
  contents: readonly AttachmentContent[];
  /** Bytes of the message, had it gone in one request; for errors. */
  bytes: number;
}

/**
 * Sends a message by way of a draft: create it, add its attachments one after the other, send it.
 *
 * @throws GraphTransportError when a step fails; nothing was sent then, and the draft is deleted, or named
 *   in the error when that fails too. A failure of the last step may have sent the message all the same, if
 *   Graph did not answer it: then the draft is left alone
 */
export async function sendDraft(
  client: GraphClient,
  draft: DraftMessage,
  signal: AbortSignal | undefined,
): Promise<Accepted> {
  try {
    return await sendOneDraft(client, draft, signal);
  } catch (error) {
    // That draft is deleted and nothing was sent: a fresh one has every chance.
    if (error instanceof SpoiledDraftError) return sendOneDraft(client, draft, signal);
    throw error;
  }
}

async function sendOneDraft(
  client: GraphClient,
  draft: DraftMessage,
  signal: AbortSignal | undefined,
): Promise<Accepted> {
  const { attachments = [], ...message } = draft.message;
  const inCreate = fitting(message, attachments, draft.contents);
  const first = inCreate > 0 ? { attachments: attachments.slice(0, inCreate) } : {};
  const draftPath = await createDraft(client, draft, { ...message, ...first }, signal);
  try {
    for (const [index, attachment] of attachments.entries()) {
      const content = draft.contents[index];
      if (index >= inCreate && content) {
        await retryNotFound(() => attach(attachment, content, { client, draftPath, signal }), signal);
      }
    }
  } catch (error) {
    throw await withoutDraft(client, draftPath, error);
  }
  try {
    return await client.call({
      method: 'POST',
      path: `${draftPath}/send`,
      what: 'the message',
      expect: 202,
      body: Buffer.alloc(0),
      signal,
      sends: true,
    });
  } catch (error) {
    throw wasNotSent(error) ? await withoutDraft(client, draftPath, error) : error;
  }
}

/** How many of the first attachments fit the request that creates the draft. */
function fitting(
  message: GraphMessage,
  attachments: readonly GraphAttachment[],
  contents: readonly AttachmentContent[],
): number {
  let bytes = Buffer.byteLength(JSON.stringify({ ...message, attachments: [] }));
  let count = 0;
  for (const [index, attachment] of attachments.entries()) {
    if (contents[index]?.held === undefined) break;
    bytes += Buffer.byteLength(JSON.stringify(attachment)) + 1;
    if (bytes > MAX_REQUEST_BYTES) break;
    count++;
  }
  return count;
}

async function createDraft(
  client: GraphClient,
  { userId, bytes }: DraftMessage,
  message: GraphMessage,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { body } = await client
    .call({
      method: 'POST',
      path: messagesPath(userId),
      what: 'the draft',
      expect: 201,
      wantsBody: true,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(message)),
      headers: { prefer: 'IdType="ImmutableId"' },
      signal,
    })
    .catch((error: unknown) => {
      throw explained(error, bytes);
    });
  return messagePath(userId, draftIdOf(body));
}

function draftIdOf(body: string): string {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed === 'object' && parsed !== null && 'id' in parsed && typeof parsed.id === 'string') {
    return parsed.id;
  }
  throw new GraphTransportError('EMESSAGE', 'Graph made a draft without an id.');
}

/** A refusal of the draft is nearly always the missing second permission, of which Graph says nothing. */
function explained(error: unknown, bytes: number): unknown {
  if (!(error instanceof GraphTransportError) || error.responseCode !== 403) return error;
  const { responseCode, graphCode, requestId, clientRequestId, response } = error;
  return new GraphTransportError(
    'EAUTH',
    `Graph did not let the app make a draft, which a message of ${bytes} bytes needs: ${response}.`,
    {
      hint: `Messages over ${MAX_REQUEST_BYTES} bytes need the application permission Mail.ReadWrite beside Mail.Send: add it to the app registration under API permissions and grant admin consent, or give the app "Application Mail.ReadWrite" in Exchange. Nothing was sent.`,
      responseCode,
      graphCode,
      requestId,
      clientRequestId,
      response,
      cause: error,
    },
  );
}

async function attach(
  attachment: GraphAttachment,
  content: AttachmentContent,
  target: UploadTarget,
): Promise<void> {
  if (content.size >= MIN_SESSION_BYTES) return uploadAttachment(attachment, content, target);
  const bytes = content.held ?? (await content.read(Buffer.allocUnsafe(content.size), 0));
  await target.client.call({
    method: 'POST',
    path: `${target.draftPath}/attachments`,
    what: `the attachment "${attachment.name}"`,
    expect: 201,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify({ ...attachment, contentBytes: bytes.toString('base64') })),
    signal: target.signal,
  });
}

/** A draft that was made a moment ago is not always found at once; adding to it again does no harm then. */
async function retryNotFound(step: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  for (const waitMs of [200, 1000, 3000]) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof GraphTransportError) || error.responseCode !== 404) throw error;
      await sleep(waitMs, undefined, { signal }).catch((reason: unknown) => {
        throw abortError(reason);
      });
    }
  }
  return step();
}

/** Whether Graph was not asked, or has said no, rather than nothing. */
function wasNotSent(error: unknown): boolean {
  if (error instanceof GraphTransportError && (error.code === 'EABORT' || error.code === 'EAUTH'))
    return true;
  const status = error instanceof GraphTransportError ? (error.responseCode ?? 0) : 0;
  return status >= 400 && status < 500 && status !== 408;
}

/** Deletes the draft and gives the error to throw, which names the draft if it is still there. */
async function withoutDraft(client: GraphClient, draftPath: string, error: unknown): Promise<unknown> {
  try {
    await client.call({ method: 'DELETE', path: draftPath, what: 'to delete the draft', expect: 204 });
    return error;
  } catch {
    const draftId = decodeURIComponent(draftPath.slice(draftPath.lastIndexOf('/') + 1));
    const failed = error instanceof GraphTransportError ? error : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return new GraphTransportError(failed?.code ?? 'EMESSAGE', reason, {
      hint: `The draft could not be deleted and stays in the mailbox's Drafts: ${draftId}.`,
      responseCode: failed?.responseCode,
      graphCode: failed?.graphCode,
      requestId: failed?.requestId,
      clientRequestId: failed?.clientRequestId,
      response: failed?.response,
      draftId,
      cause: error,
    });
  }
}
