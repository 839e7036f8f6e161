import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { messagePath } from '../graph/endpoints';
import type { MessageRequests } from '../graph/message-requests';
import type { GraphAttachment } from '../message/attachments';
import { inMemory } from '../mime/spool';
import type { DraftMessage } from './draft-content';
import type { DraftLedger } from './draft-ledger';
import { LIKE_CREATED, markDraft } from './draft-requests';
import { MIN_SESSION_BYTES } from './limits';
import type { MailboxSearch } from './mailbox-search';
import { isGone, untilPassed } from './passing-state';
import { attachmentJson } from './request-bodies';
import { SpoiledDraftError, type UploadTarget, uploadAttachment } from './upload-session';

/** A message that is being sent as a draft. */
export interface DraftSending {
  requests: MessageRequests;
  message: DraftMessage;
  ledger: DraftLedger;
  search: MailboxSearch;
}

/**
 * Makes a complete draft: creates it, adds its attachments one after the other, and marks it as complete if
 * another process may send it too.
 *
 * @returns its id; undefined if another process has sent or deleted it in the meantime
 * @throws GraphTransportError if a step fails; nothing was sent in that case
 */
export async function makeDraft(sending: DraftSending): Promise<string | undefined> {
  const { message, ledger } = sending;
  for (let attempt = 1; ; attempt++) {
    const id = await createDraft(sending);
    try {
      await fill(sending, id);
      return id;
    } catch (error) {
      const isSpoiled = error instanceof SpoiledDraftError && attempt === 1;
      const mayBeTaken = message.marks.message !== undefined && isGone(error);
      if (!isSpoiled && !mayBeTaken) throw error;
      const fate = await ledger.remove(id);
      // It has been deleted and nothing was sent, so a new draft has every chance.
      if (isSpoiled && fate === 'deleted') continue;
      if (fate === 'gone' && mayBeTaken) return undefined;
      throw error;
    }
  }
}

async function createDraft(sending: DraftSending): Promise<string> {
  const { requests, ledger, message } = sending;
  if (message.reply) {
    const { createReplyDraft }: typeof import('./reply-draft') = require('./reply-draft');
    return createReplyDraft(sending, message.reply);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await untilPassed(requests, () => ledger.create(), { named: 'mailbox' });
    } catch (error) {
      if (!(error instanceof GraphTransportError)) throw error;
      if (outcomeOf(error) !== 'unknown') throw error;
      // The answer was lost, but the draft may exist, and can be used all the same.
      const found = await ledger.findLost();
      if (found !== undefined) return found;
      if (!(await requests.retry(error, attempt, true))) throw error;
    }
  }
}

async function fill({ requests, message, ledger }: DraftSending, id: string): Promise<void> {
  const { userId, content, marks, onProgress } = message;
  const draftPath = messagePath(userId, id);
  const mark = marks.message;
  const isWhole = !content.isMime && content.added.length === 0;
  if (message.reply) {
    const { makeOurs }: typeof import('./reply-draft') = require('./reply-draft');
    if (isWhole && mark !== undefined) ledger.share();
    ledger.note(await makeOurs(requests, message, id));
  }
  const names = [...(content.firstNames ?? [])];
  for (const attachment of content.added) {
    const { name } = attachment;
    const sameNamed = names.filter((other) => other === name).length;
    await addAttachment(attachment, { requests, draftPath, onProgress, sameNamed });
    names.push(name ?? '');
  }
  if (mark === undefined || isWhole) return;
  ledger.share();
  await untilPassed(requests, () => markDraft(requests, userId, id, mark));
}

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
