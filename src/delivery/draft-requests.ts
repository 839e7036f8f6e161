import { GraphTransportError } from '../errors/graph-transport-error';
import type { Accepted } from '../graph/client';
import { folderPath, isId, messagePath, messagesPath } from '../graph/endpoints';
import { parseJson, property } from '../graph/json-property';
import type { MessageRequests } from '../graph/message-requests';
import { bufferBody } from '../graph/request-body';
import type { DraftContent } from './draft-content';
import { messageMark } from './message-mark';
import { isGone, isPassing, neverPassed, PASSING_ATTEMPTS, untilPassed } from './passing-state';
import { plainJson } from './request-bodies';

/*
 * No request asks for immutable ids. A message's usual id becomes invalid when it leaves its folder
 * (documented: concepts/outlook-immutable-id.md). That makes /send and DELETE by id conditional: they only find
 * a message that is still in Drafts. Exactly-once delivery depends on this.
 */

/** A message in the mailbox, as far as sending it is concerned. */
export interface StoredMessage {
  id: string;
  isDraft: boolean;
  /** The folder's id; undefined if the service does not report it. */
  folder: string | undefined;
  /** Its Message-ID, with `<>`; undefined if it was not requested or the service does not report it. */
  messageId: string | undefined;
}

/** Folders that every mailbox has, by their well-known names. */
export type WellKnownFolder = 'drafts' | 'sentitems';

const SHOWN = 'id,isDraft,parentFolderId';
const PAGE_SIZE = '50';
/** A search for one mark finds a few messages; anything longer than this would never end. */
const MAX_PAGES = 1000;
/**
 * Statuses that mean the same as 201 when Graph creates something: no record of the service shows which it
 * sends.
 */
export const LIKE_CREATED = [200];
/** The same for changing a message, documented as 200. */
const LIKE_CHANGED = [201, 204];
/** More readings than a few concurrent processes can cause by changing the mailbox. */
const MAX_READINGS = 10;

/** Creates a draft. */
export async function postDraft(
  requests: MessageRequests,
  userId: string,
  { contentType, body }: DraftContent,
): Promise<StoredMessage> {
  const accepted = await requests.call({
    method: 'POST',
    path: messagesPath(userId),
    what: 'the draft',
    expect: 201,
    alike: LIKE_CREATED,
    wantsBody: true,
    check: (answer) => toStored(parseJson(answer)),
    contentType,
    body,
    creates: true,
  });
  return toStored(parseJson(accepted.body));
}

/**
 * Marks a draft as complete. MIME cannot include a mark, and a draft that is filled step by step is complete
 * only now.
 */
export async function markDraft(
  requests: MessageRequests,
  userId: string,
  id: string,
  mark: string,
): Promise<void> {
  await requests.call({
    method: 'PATCH',
    path: messagePath(userId, id),
    what: 'the mark on the draft',
    expect: 200,
    alike: LIKE_CHANGED,
    contentType: 'application/json',
    body: plainJson({ singleValueExtendedProperties: [messageMark(mark)] }),
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
    sends: true,
  });
}

/** The result of a search. */
export interface FoundMessages {
  messages: StoredMessage[];
  /** Whether there may be more, on pages that could not be read; only in searches for clean-up. */
  isPart: boolean;
}

/** Whether a search is a step of sending the message, or cleans up after one that may have been aborted. */
export type SearchMode = 'step' | 'clean-up';

/**
 * The messages that a `$filter` finds, in all folders, up to the last page. A page may contain few messages or
 * none without being the last (documented: concepts/paging.md).
 *
 * Pages are read one after the other, and a message that is sent in between may be on none of them. So if there
 * is more than one page, they are read again until two readings agree.
 */
export async function findMessages(
  requests: MessageRequests,
  userId: string,
  filter: string,
  mode: SearchMode = 'step',
): Promise<FoundMessages> {
  const query = new URLSearchParams({ $filter: filter, $select: SHOWN, $top: PAGE_SIZE });
  const path = `${messagesPath(userId)}?${query}`;
  let before: FoundMessages | undefined;
  for (let reading = 1; ; reading++) {
    const found = await readPages(requests, path, mode).catch((error: unknown) => {
      if (mode !== 'clean-up' || !before) throw error;
      return { messages: before.messages, isPart: true, pages: 1 };
    });
    const isSame = JSON.stringify(found.messages) === JSON.stringify(before?.messages);
    if (found.isPart || found.pages === 1 || isSame || reading === MAX_READINGS) return found;
    before = found;
  }
}

async function readPages(
  requests: MessageRequests,
  firstPath: string,
  mode: SearchMode,
): Promise<FoundMessages & { pages: number }> {
  const messages: StoredMessage[] = [];
  let path: string | undefined = firstPath;
  for (let pages = 1; ; pages++) {
    const what = 'the search for the message';
    let page: Page;
    try {
      page = toPage(await ask(requests, path, what, toPage, mode));
    } catch (error) {
      // What was found can be cleaned up, even if there is more that was not found.
      if (mode === 'clean-up' && messages.length > 0) return { messages, pages, isPart: true };
      throw error;
    }
    messages.push(...page.messages);
    path = page.next;
    if (path === undefined) return { messages, pages, isPart: false };
    if (pages === MAX_PAGES) throw garbled();
  }
}

/** The id of a folder. */
export async function folderId(
  requests: MessageRequests,
  userId: string,
  folder: WellKnownFolder,
  mode: SearchMode = 'step',
): Promise<string> {
  const path = `${folderPath(userId, folder)}?$select=id`;
  const read = (answer: string) => idOf(parseJson(answer));
  return read(await ask(requests, path, `the request for the folder ${folder}`, read, mode));
}

async function ask(
  requests: MessageRequests,
  path: string,
  what: string,
  check: (answer: string) => void,
  mode: SearchMode,
): Promise<string> {
  const call = { method: 'GET', path, what, expect: 200, wantsBody: true, check } as const;
  if (mode === 'clean-up') return (await requests.cleanUp(call)).body;
  const step = () => requests.call({ ...call, repeatable: true });
  return (await untilPassed(requests, step, { named: 'mailbox' })).body;
}

/**
 * Deletes a draft, even if the send was aborted in the meantime.
 *
 * @returns `deleted` if it was still a draft, so it never was and never will be sent; `gone` if it had already
 *   left Drafts, in whatever way
 */
export async function deleteDraft(
  requests: MessageRequests,
  userId: string,
  id: string,
): Promise<'deleted' | 'gone'> {
  for (let attempt = 1; ; attempt++) {
    try {
      await requests.cleanUp({
        method: 'DELETE',
        path: messagePath(userId, id),
        what: 'the request to delete the draft',
        expect: 204,
      });
      return 'deleted';
    } catch (error) {
      if (isGone(error)) return 'gone';
      if (!isPassing(error)) throw error;
      if (attempt === PASSING_ATTEMPTS) throw neverPassed(error, attempt);
      await requests.cleanUpMoment(attempt);
    }
  }
}

interface Page {
  messages: StoredMessage[];
  next: string | undefined;
}

function toPage(body: string): Page {
  const answer = parseJson(body);
  const value = property(answer, 'value');
  if (!Array.isArray(value)) throw garbled();
  return { messages: value.map(toStored), next: pathOf(property(answer, '@odata.nextLink')) };
}

/** Ignores the link's host, so that the token goes only to our endpoint, whatever the link says. */
function pathOf(nextLink: unknown): string | undefined {
  if (nextLink === undefined || nextLink === null) return undefined;
  if (typeof nextLink !== 'string' || !URL.canParse(nextLink)) throw garbled();
  const { pathname, search } = new URL(nextLink);
  return pathname + search;
}

function toStored(value: unknown): StoredMessage {
  const folder = property(value, 'parentFolderId');
  const messageId = property(value, 'internetMessageId');
  return {
    id: idOf(value),
    isDraft: property(value, 'isDraft') !== false,
    folder: typeof folder === 'string' ? folder : undefined,
    messageId: typeof messageId === 'string' && /^<.+>$/.test(messageId) ? messageId : undefined,
  };
}

function idOf(value: unknown): string {
  const id = property(value, 'id');
  if (!isId(id)) throw garbled();
  return id;
}

/** An answer with the right status that cannot be parsed: the request may well have been carried out. */
function garbled(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', "The answer of Graph breaks off, or is not one of Graph's.", {
    outcome: 'unknown',
    hint: 'Is there a proxy or gateway in between?',
  });
}
