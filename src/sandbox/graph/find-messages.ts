import type { Call } from '../call';
import { type FolderName, findFolder } from '../mailbox/mail-folders';
import { findMailbox } from '../mailbox/mailboxes';
import { takeSearchable } from '../mailbox/search-delay';
import type { SandboxState } from '../sandbox-state';
import type { SandboxMailbox } from '../settings';
import { wantedProperties } from './expand-properties';
import { jsonAnswer } from './graph-answer';
import { describeMessage, idHeaders, showMessage } from './message-answer';
import { readMessageFilter } from './message-filter';
import { readMessageOrder } from './message-order';
import { nextLink, readPage } from './page';
import { readQueryOptions } from './query-options';

/** Where a search looks: in one folder, or in all of them. */
interface Place {
  user: string;
  folder?: string;
}

/** Drafts, sent and deleted messages alike, newest first unless `$orderby` says else, page by page. [rule: page-may-be-short] */
export function findMessages(request: Request, place: Place, state: SandboxState, call: Call): Response {
  const { settings } = state;
  const { mailbox, folder } = openPlace(place, state);
  const options = readQueryOptions(request, ['$filter', '$select', '$orderby', '$expand', '$top', '$skip']);
  const filter = options.$filter === undefined ? undefined : readMessageFilter(options.$filter);
  const order = options.$orderby === undefined ? undefined : readMessageOrder(options.$orderby, filter);
  const { top, skip } = readPage(options);
  if (options.$expand !== undefined) wantedProperties(options.$expand);

  const found = takeSearchable(
    state,
    (message) => message.mailbox === mailbox && (folder === undefined || message.folder === folder),
  )
    .map((message) => ({ message, shown: describeMessage(message, state) }))
    .filter(({ message, shown }) => filter?.matches(shown, message.message.content) !== false)
    .reverse();
  if (order) found.sort((one, other) => order(one.shown, other.shown));
  const isEmpty = settings.emptyPages && options.$skip === undefined;
  const end = isEmpty ? 0 : skip + Math.min(top, settings.pageSize);
  const shown = found.slice(skip, end);
  // With empty pages there is also one behind the last message.
  const isMore = found.length > end || isEmpty || (settings.emptyPages && shown.length > 0);
  const body = {
    '@odata.context': contextOf(place, settings.graphEndpoint),
    value: shown.map(({ message }) => showMessage(message, request, options, state)),
    ...(isMore && { '@odata.nextLink': nextLink(request, settings, end) }),
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
