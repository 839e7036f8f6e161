import { parseJson, property } from '../graph/answer-error';
import { folderPath, isId, messagesPath } from '../graph/endpoints';
import { garbledAnswer, type ListPage, readPage, textOf } from '../graph/list-page';
import type { MessageRequests } from '../graph/message-requests';
import { checkedMessageId, type Mailbox, needing } from './ask-mailbox';
import { hasMessageId } from './message-mark';
import { untilPassed } from './passing-state';
import type { SentItem } from './sent-info';

/** A message in the mailbox, as far as sending it is concerned. */
export interface MailboxMessage {
  id: string;
  isDraft: boolean;
  /** The folder's id; undefined if the service does not report it. */
  folder: string | undefined;
  /** Its Message-ID, with `<>`; undefined if it was not requested or the service does not report it. */
  messageId: string | undefined;
  /** Stays the same when the message is sent (reported); undefined like the others. */
  conversationId: string | undefined;
  /** Opens the message in Outlook on the web. It contains the id, so it is good for as long as that. */
  webLink: string | undefined;
  /** When it was sent, in milliseconds since 1970, in whole seconds; undefined likewise. */
  sentAt: number | undefined;
}

/** Folders that every mailbox has, by their well-known names. */
export type WellKnownFolder = 'drafts' | 'outbox' | 'sentitems';

const SHOWN = 'id,isDraft,parentFolderId,conversationId,webLink';
const PAGE_SIZE = '50';
/** A search for one mark finds a few messages; anything longer than this would never end. */
const MAX_PAGES = 1000;
/** More readings than a few concurrent processes can cause by changing the mailbox. */
const MAX_READINGS = 10;

/** The result of a search. */
export interface FoundMessages<T = MailboxMessage> {
  messages: T[];
  /** Whether there may be more, on pages that could not be read; only in searches for clean-up. */
  isPart: boolean;
}

/** Whether a search is a step of sending the message, or cleans up after one that may have been aborted. */
export type SearchMode = 'step' | 'clean-up';

/** Where a search looks, and what it asks for. */
export interface SearchOptions {
  /** @default 'step' */
  mode?: SearchMode;
  /** @default all folders */
  folder?: WellKnownFolder;
  /** Also ask when messages were sent, and for their Message-IDs. */
  withTime?: boolean;
}

/**
 * The messages that a `$filter` finds, in all folders unless one is named, up to the last page. A page may contain few messages or
 * none without being the last (documented: concepts/paging.md).
 *
 * Pages are read one after the other, and a message that is sent in between may be on none of them. So if there
 * is more than one page, they are read again until two readings agree.
 */
export async function findMessages(
  requests: MessageRequests,
  userId: string,
  filter: string,
  { mode = 'step', folder, withTime }: SearchOptions = {},
): Promise<FoundMessages> {
  const $select = withTime ? `${SHOWN},sentDateTime,internetMessageId` : SHOWN;
  return findAs(requests, userId, { $filter: filter, $select }, toMailboxMessage, { mode, folder });
}

/** The same for any properties of messages: those that `$select` and `$expand` name, as `read` reads them. */
export async function findAs<T>(
  requests: MessageRequests,
  userId: string,
  options: { $filter: string; $select: string; $expand?: string },
  read: (message: unknown) => T,
  { mode = 'step', folder }: Pick<SearchOptions, 'mode' | 'folder'> = {},
): Promise<FoundMessages<T>> {
  const query = new URLSearchParams({ ...options, $top: PAGE_SIZE });
  const messages = folder === undefined ? messagesPath(userId) : `${folderPath(userId, folder)}/messages`;
  const path = `${messages}?${query}`;
  let before: FoundMessages<T> | undefined;
  for (let reading = 1; ; reading++) {
    const found = await readPages(requests, path, read, mode).catch((error: unknown) => {
      if (mode !== 'clean-up' || !before) throw error;
      return { messages: before.messages, isPart: true, pages: 1 };
    });
    const isSame = JSON.stringify(found.messages) === JSON.stringify(before?.messages);
    if (found.isPart || found.pages === 1 || isSame || reading === MAX_READINGS) return found;
    before = found;
  }
}

async function readPages<T>(
  requests: MessageRequests,
  firstPath: string,
  read: (message: unknown) => T,
  mode: SearchMode,
): Promise<FoundMessages<T> & { pages: number }> {
  const messages: T[] = [];
  const toPage = (body: string) => readPage(body, read);
  let path: string | undefined = firstPath;
  for (let pages = 1; ; pages++) {
    const what = 'the search for the message';
    let page: ListPage<T>;
    try {
      page = toPage(await ask(requests, path, what, toPage, mode));
    } catch (error) {
      // What was found can be cleaned up, even if there is more that was not found.
      if (mode === 'clean-up' && messages.length > 0) return { messages, pages, isPart: true };
      throw error;
    }
    messages.push(...page.items);
    path = page.next;
    if (path === undefined) return { messages, pages, isPart: false };
    if (pages === MAX_PAGES) throw garbledAnswer();
  }
}

/**
 * Looks up the copy of a message in Sent Items by its Message-ID. If there are several, it is the one sent last.
 *
 * @throws GraphTransportError `EMESSAGE` for what is no Message-ID, `EAUTH` without `Mail.Read`
 */
export async function findSentItem(
  { requests, userId }: Mailbox,
  messageId: string,
): Promise<SentItem | undefined> {
  const filter = hasMessageId(checkedMessageId(messageId));
  const { messages } = await needing('Mail.Read', 'transport.sentItem()', () =>
    findMessages(requests, userId, filter, { folder: 'sentitems', withTime: true }),
  );
  const latest = messages.reduce<MailboxMessage | undefined>(
    (found, message) => (found && (found.sentAt ?? 0) >= (message.sentAt ?? 0) ? found : message),
    undefined,
  );
  if (latest === undefined) return undefined;
  const { id, conversationId, webLink } = latest;
  return { id, conversationId, webLink };
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

export function toMailboxMessage(value: unknown): MailboxMessage {
  const messageId = textOf(value, 'internetMessageId');
  return {
    id: idOf(value),
    isDraft: property(value, 'isDraft') !== false,
    folder: textOf(value, 'parentFolderId'),
    messageId: messageId !== undefined && /^<.+>$/.test(messageId) ? messageId : undefined,
    conversationId: textOf(value, 'conversationId'),
    webLink: textOf(value, 'webLink'),
    sentAt: timeOf(value, 'sentDateTime'),
  };
}

function timeOf(value: unknown, name: string): number | undefined {
  const time = Date.parse(textOf(value, name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function idOf(value: unknown): string {
  const id = property(value, 'id');
  if (!isId(id)) throw garbledAnswer();
  return id;
}
