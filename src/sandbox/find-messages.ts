import type { Call } from './call';
import { GraphRefusal, jsonAnswer } from './graph-answer';
import { findMailbox } from './mailboxes';
import { idHeaders, showMessage } from './message-answer';
import { readMessageFilter } from './message-filter';
import { notPlayed } from './not-played';
import { readQueryOptions } from './query-options';
import type { SandboxState } from './sandbox-state';
import { takeSearchable } from './search-delay';

/** How many messages an answer holds by default, and at most. */
const PAGE = 10;
const LARGEST_PAGE = 1000;

/** Drafts and sent messages alike, newest first, page by page. */
export function findMessages(request: Request, user: string, state: SandboxState, call: Call): Response {
  const { settings, stored } = state;
  const mailbox = findMailbox(settings, user);
  const options = readQueryOptions(request, ['$filter', '$select', '$top', '$skip']);
  if (options.$filter === undefined) throw notPlayed(request);
  const isMatch = readMessageFilter(options.$filter);
  const top = readNumber('$top', options.$top, PAGE, 1, LARGEST_PAGE);
  const skip = readNumber('$skip', options.$skip, 0, 0, Number.MAX_SAFE_INTEGER);

  const searchable = takeSearchable(
    stored.filter((message) => message.mailbox === mailbox),
    settings,
  );
  const found = searchable.filter(({ message }) => isMatch(message.content)).reverse();
  const value = found
    .slice(skip, skip + top)
    .map((message) => showMessage(message, request, options.$select));
  const context = `${settings.graphEndpoint}/v1.0/$metadata#users('${encodeURIComponent(user)}')/messages`;
  const isMore = found.length > skip + top;
  const body = {
    '@odata.context': context,
    value,
    ...(isMore && { '@odata.nextLink': nextLink(request, settings.graphEndpoint, skip + top) }),
  };
  return jsonAnswer(200, body, call, idHeaders(request));
}

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
  throw new GraphRefusal(400, 'BadRequest', `Invalid value '${text}' for the query option ${name}.`);
}
