import type { Call } from '../http/delivery';
import { jsonAnswer } from '../http/graph-answer';
import { GraphRefusal } from '../http/graph-refusal';
import { findFolder } from '../mailbox/folders';
import { takeSearchable } from '../mailbox/search-delay';
import type { FolderName, MailboxState } from '../mailbox/state';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import { describeMessage, idHeaders, showMessage, wantedProperties } from './message-answer';
import { type MessageFilter, readMessageFilter } from './message-filter';
import { type MessageProperty, messageProperty, type ShownMessage, shownValue } from './message-property';
import { nextLink, readPage, readQueryOptions } from './query-options';

/** Where a search looks: in one folder, or in all. */
interface Place {
  user: string;
  folder?: string;
}

/**
 * Drafts, sent and deleted messages alike, page by page, newest first unless `$orderby` says otherwise.
 * [rule: page-may-be-short]
 */
export function findMessages(request: Request, place: Place, state: MailboxState, call: Call): Response {
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
    .filter(({ message, shown }) => filter?.matches(shown, message.content) !== false)
    .reverse();
  if (order) found.sort((one, other) => order(one.shown, other.shown));
  const isEmpty = settings.emptyPages && options.$skip === undefined;
  const end = isEmpty ? 0 : skip + Math.min(top, settings.pageSize);
  const shown = found.slice(skip, end);
  // With empty pages, another one follows the last message.
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
  state: MailboxState,
): { mailbox: SandboxMailbox; folder?: FolderName } {
  return folder === undefined
    ? { mailbox: findMailbox(state.settings, user) }
    : findFolder(state, user, folder);
}

function contextOf({ user, folder }: Place, graphEndpoint: string): string {
  const inFolder = folder === undefined ? '' : `/mailFolders('${encodeURIComponent(folder)}')`;
  return `${graphEndpoint}/v1.0/$metadata#users('${encodeURIComponent(user)}')${inFolder}/messages`;
}

interface Key {
  property: MessageProperty;
  isDescending: boolean;
}

/** Reads an `$orderby`, which has to agree with the filter. @throws GraphRefusal */
export function readMessageOrder(
  orderBy: string,
  filter: MessageFilter | undefined,
): (one: ShownMessage, other: ShownMessage) => number {
  const keys = orderBy.split(',').map(readKey);
  if (filter) checkAgainst(filter, keys);
  return (one, other) => {
    for (const { property, isDescending } of keys) {
      const [a, b] = [comparable(one, property), comparable(other, property)];
      if (a !== b) return a < b === isDescending ? 1 : -1;
    }
    return 0;
  };
}

function readKey(text: string): Key {
  const [, path, direction = 'asc'] = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(text) ?? [];
  if (path === undefined) {
    throw new GraphRefusal('order-invalid', 400, 'BadRequest', `Invalid OrderBy clause '${text.trim()}'.`);
  }
  return { property: messageProperty(path, '$orderby'), isDescending: /^desc$/i.test(direction) };
}

/** The properties of the order must come first in the filter, in the same order. */
function checkAgainst(filter: MessageFilter, keys: readonly Key[]): void {
  const filtered = [...new Set(filter.properties)];
  if (keys.every(({ property }, place) => filtered[place] === property.path)) return;
  throw new GraphRefusal(
    'order-in-filter',
    400,
    'InefficientFilter',
    'The restriction or sort order is too complex for this operation.',
  );
}

function comparable(shown: ShownMessage, property: MessageProperty): string | number | boolean {
  const value = shownValue(shown, property);
  return typeof value === 'string' ? value.toLowerCase() : value;
}
