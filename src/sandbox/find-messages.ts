import type { Call } from './call';
import { GraphRefusal, jsonAnswer } from './graph-answer';
import { type FolderName, findFolder } from './mail-folders';
import { findMailbox } from './mailboxes';
import { idHeaders, showMessage } from './message-answer';
import { readMessageFilter } from './message-filter';
import { notPlayed } from './not-played';
import { readQueryOptions } from './query-options';
import type { SandboxState } from './sandbox-state';
import { takeSearchable } from './search-delay';
import type { SandboxMailbox } from './settings';

/** How many messages an answer holds by default, and the most that can be asked for. */
const PAGE = 10;
const LARGEST_PAGE = 1000;

/** Where a search looks: in one folder, or in all of them. */
interface Place {
  user: string;
  folder?: string;
}

/** Drafts, sent and deleted messages alike, newest first, page by page. [rule: page-may-be-short] */
export function findMessages(request: Request, place: Place, state: SandboxState, call: Call): Response {
  const { settings } = state;
  const { mailbox, folder } = openPlace(place, state);
  const options = readQueryOptions(request, ['$filter', '$select', '$top', '$skip']);
  if (options.$filter === undefined) throw notPlayed(request);
  const isMatch = readMessageFilter(options.$filter);
  const top = readNumber('$top', options.$top, PAGE, 1, LARGEST_PAGE);
  const skip = readNumber('$skip', options.$skip, 0, 0, Number.MAX_SAFE_INTEGER);

  const found = takeSearchable(
    state,
    (message) => message.mailbox === mailbox && (folder === undefined || message.folder === folder),
  )
    .filter(({ message }) => isMatch(message.content))
    .reverse();
  const isEmpty = settings.emptyPages && options.$skip === undefined;
  const end = isEmpty ? 0 : skip + Math.min(top, settings.pageSize);
  const shown = found.slice(skip, end);
  // With empty pages there is also one behind the last message.
  const isMore = found.length > end || isEmpty || (settings.emptyPages && shown.length > 0);
  const body = {
    '@odata.context': contextOf(place, settings.graphEndpoint),
    value: shown.map((message) => showMessage(message, request, options.$select, state)),
    ...(isMore && { '@odata.nextLink': nextLink(request, settings.graphEndpoint, end) }),
  };
  return jsonAnswer(200, body, call, idHeaders(request));
}

function openPlace(
  { user, folder }: Place,
  state: SandboxState,
): { mailbox: SandboxMailbox; folder?: FolderName } {
  return folder === undefined
    ? { mailbox: findMailbox(state.settings, user) }
    : findFolder(state, user, folder);
}

function contextOf({ user, folder }: Place, graphEndpoint: string): string {
  const inFolder = folder === undefined ? '' : `/mailFolders('${encodeURIComponent(folder)}')`;
  return `${graphEndpoint}/v1.0/$metadata#users('${encodeURIComponent(user)}')${inFolder}/messages`;
}

/** [rule: next-link] */
function nextLink(request: Request, graphEndpoint: string, skip: number): string {
  const { pathname, searchParams } = new URL(request.url);
  searchParams.set('$skip', `${skip}`);
  return `${graphEndpoint}${pathname}?${searchParams}`;
}

function readNumber(
  name: string,
  text: string | undefined,
  byDefault: number,
  smallest: number,
  largest: number,
): number {
  if (text === undefined) return byDefault;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= smallest && number <= largest) return number;
  throw new GraphRefusal(
    'query-number',
    400,
    'BadRequest',
    `Invalid value '${text}' for the query option ${name}.`,
  );
}
