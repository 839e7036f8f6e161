import { GraphTransportError } from '../errors';
import type { Accepted } from '../graph/client';
import { messagePath, messagesPath } from '../graph/endpoints';
import { parseJson, property } from '../graph/json-property';
import type { MessageRequests } from '../graph/message-requests';
import { bufferBody, type RequestBody } from '../graph/request-body';
import { plainJson } from './json-body';
import { hasMark, messageMark } from './message-mark';

/** Ids that stay when a draft is sent, and so becomes a message of Sent Items. */
const IMMUTABLE = { prefer: 'IdType="ImmutableId"' };

/** A message in the mailbox, as far as sending it is concerned. */
export interface StoredMessage {
  id: string;
  isDraft: boolean;
  createdDateTime: string;
}

/** Makes a draft and gives its id. */
export async function postDraft(
  requests: MessageRequests,
  userId: string,
  { contentType, body }: { contentType: string; body: RequestBody },
): Promise<string> {
  const accepted = await requests.call({
    method: 'POST',
    path: messagesPath(userId),
    what: 'the draft',
    expect: 201,
    wantsBody: true,
    check: (answer) => toStored(parseJson(answer)),
    contentType,
    body,
    headers: IMMUTABLE,
  });
  return toStored(parseJson(accepted.body)).id;
}

/** Puts a mark on a draft that was made of MIME, which has no place for one. */
export async function markDraft(
  requests: MessageRequests,
  userId: string,
  id: string,
  mark: string,
): Promise<void> {
  await requests.call({
    method: 'PATCH',
    path: messagePath(userId, id),
    what: 'the mark of the draft',
    expect: 200,
    contentType: 'application/json',
    body: plainJson({ singleValueExtendedProperties: [messageMark(mark)] }),
    headers: IMMUTABLE,
    repeatable: true,
  });
}

/** Sends a draft. */
export function postSend(requests: MessageRequests, userId: string, id: string): Promise<Accepted> {
  return requests.call({
    method: 'POST',
    path: `${messagePath(userId, id)}/send`,
    what: 'the message',
    expect: 202,
    body: bufferBody(Buffer.alloc(0)),
    headers: IMMUTABLE,
    sends: true,
  });
}

/** The messages of the mailbox with that mark: drafts, and those that were sent. */
export async function findMarked(
  requests: MessageRequests,
  userId: string,
  mark: string,
): Promise<StoredMessage[]> {
  const query = new URLSearchParams({
    $filter: hasMark(mark),
    $select: 'id,isDraft,createdDateTime',
    $top: '50',
  });
  const { body } = await requests.call({
    method: 'GET',
    path: `${messagesPath(userId)}?${query}`,
    what: 'the question whether the message was sent',
    expect: 200,
    wantsBody: true,
    check: (answer) => listOf(answer).map(toStored),
    headers: IMMUTABLE,
    repeatable: true,
  });
  return listOf(body).map(toStored);
}

/** Whether a message, once a draft, has been sent; undefined when Graph does not find it at this moment. */
export async function isSent(
  requests: MessageRequests,
  userId: string,
  id: string,
): Promise<boolean | undefined> {
  try {
    const { body } = await requests.call({
      method: 'GET',
      path: `${messagePath(userId, id)}?$select=id,isDraft,createdDateTime`,
      what: 'the question whether the message was sent',
      expect: 200,
      wantsBody: true,
      check: (answer) => toStored(parseJson(answer)),
      headers: IMMUTABLE,
      repeatable: true,
    });
    return !toStored(parseJson(body)).isDraft;
  } catch (error) {
    if (error instanceof GraphTransportError && error.responseCode === 404) return undefined;
    throw error;
  }
}

/** Names of a draft's attachments. */
export async function attachmentNames(
  requests: MessageRequests,
  userId: string,
  id: string,
): Promise<unknown[]> {
  const { body } = await requests.call({
    method: 'GET',
    path: `${messagePath(userId, id)}/attachments?$select=name`,
    what: "the question for the draft's attachments",
    expect: 200,
    wantsBody: true,
    check: listOf,
    headers: IMMUTABLE,
    repeatable: true,
  });
  return listOf(body).map((attachment) => property(attachment, 'name'));
}

/** Deletes a draft, even when the message was given up meanwhile. */
export async function deleteDraft(requests: MessageRequests, userId: string, id: string): Promise<void> {
  try {
    await requests.cleanUp({
      method: 'DELETE',
      path: messagePath(userId, id),
      what: 'to delete the draft',
      expect: 204,
      headers: IMMUTABLE,
    });
  } catch (error) {
    // Gone already, perhaps by an attempt whose answer was lost.
    if (!(error instanceof GraphTransportError && error.responseCode === 404)) throw error;
  }
}

function listOf(body: string): unknown[] {
  const value = property(parseJson(body), 'value');
  if (Array.isArray(value)) return value;
  throw garbled();
}

function toStored(value: unknown): StoredMessage {
  const id = property(value, 'id');
  if (typeof id !== 'string') throw garbled();
  const isDraft = property(value, 'isDraft') !== false;
  return { id, isDraft, createdDateTime: String(property(value, 'createdDateTime')) };
}

/** An answer with the right status that cannot be read: what was asked for may well have been done. */
function garbled(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', 'The answer of Graph breaks off, or is not one of Graph.', {
    outcome: 'unknown',
    hint: 'Does a proxy or gateway stand between?',
  });
}
