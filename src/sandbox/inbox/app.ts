import { createApi } from './api/api';
import { settingsFor } from './checks-view';
import { changeEvents } from './events';
import { faultsPane } from './faults-pane';
import { actOnForm } from './forms';
import { html } from './html';
import { refusalPage, showPage } from './layout';
import { mailboxList, messageList } from './list';
import { readListQuery } from './list-query';
import { emptyPane, messagePane } from './message-pane';
import { showPart } from './message-parts';
import { isOwnRequest } from './own-request';
import { connectPane, draftsPane, requestsPane } from './panes';
import { publicFile } from './public-files';
import { redirectTo, textResponse } from './responses';
import type { Sandbox, SandboxMessage } from './sandbox';
import { MessageSearch } from './search';

export { messageJson } from './api/message-json';

/** What the pages of one inbox share. */
interface Inbox {
  readonly sandbox: Sandbox;
  readonly search: MessageSearch;
  /** Messages that someone has opened. */
  readonly seen: WeakSet<SandboxMessage>;
}

/**
 * The web inbox of a sandbox, as a handler of requests; undefined for a path that is not the inbox's. People read its
 * answers, so refusals are pages too.
 */
export function createInbox(sandbox: Sandbox): (request: Request) => Promise<Response | undefined> {
  const inbox: Inbox = { sandbox, search: new MessageSearch(sandbox), seen: new WeakSet() };
  const api = createApi(sandbox, inbox.search);
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/inbox/api/')) return api(request);
    const isOurs = pathname === '/' || pathname === '/inbox' || pathname.startsWith('/inbox/');
    return isOurs ? answer(inbox, request, pathname) : undefined;
  };
}

async function answer(inbox: Inbox, request: Request, pathname: string): Promise<Response> {
  const { sandbox, search } = inbox;
  if (!isOwnRequest(request)) {
    return refusalPage(
      sandbox,
      403,
      'This request comes from a page of another site, and the inbox answers only its own.',
    );
  }
  const path = segmentsOf(pathname);
  if (path === undefined) return refusalPage(sandbox, 404, 'There is nothing here.');
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return (await show(inbox, request, path)) ?? notFound(sandbox);
    case 'POST':
      return (await actOnForm(sandbox, search, request, path)) ?? notFound(sandbox);
    default:
      return refusalPage(sandbox, 405, `The inbox takes GET and POST, not ${request.method}.`);
  }
}

/** What follows `/inbox/`, percent-decoded: an id may hold any character. */
function segmentsOf(pathname: string): string[] | undefined {
  try {
    return pathname.split('/').slice(2).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function notFound(sandbox: Sandbox): Response {
  return refusalPage(sandbox, 404, 'There is nothing here, or no longer.');
}

async function show(inbox: Inbox, request: Request, path: string[]): Promise<Response | undefined> {
  const { sandbox } = inbox;
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === '/' || pathname === '/inbox/') return redirectTo('/inbox');
  const [place, id, part, ...rest] = path;
  if (place === 'messages' && id !== undefined) {
    const message = sandbox.messages.find((candidate) => candidate.id === id);
    if (message === undefined) return undefined;
    if (part !== undefined) return showPart(message, [part, ...rest], searchParams);
    return showMessages(inbox, request, message);
  }
  if (path.length > 1) return undefined;
  switch (place) {
    case undefined:
      return showMessages(inbox, request);
    case 'drafts':
      return showPage(sandbox, { title: 'Drafts', place, content: draftsPane(sandbox) });
    case 'requests':
      return showPage(sandbox, { title: 'Requests', place, content: requestsPane(sandbox, searchParams) });
    case 'faults':
      return showPage(sandbox, { title: 'Faults', place, content: faultsPane(sandbox) });
    case 'connect':
      return showPage(sandbox, { title: 'Connect an app', place, content: connectPane(sandbox) });
    case 'events':
      return changeEvents(sandbox);
    default: {
      const file = publicFile(place);
      return file && textResponse(file.text, file.contentType);
    }
  }
}

/** Mailboxes, the list, and one message or none. */
async function showMessages(
  { sandbox, search, seen }: Inbox,
  request: Request,
  message?: SandboxMessage,
): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const query = readListQuery(searchParams);
  // This is how the script asks what has changed around an open message, which may be a long one.
  const isForScript = request.headers.has('x-inbox-changes');
  if (message && !isForScript) seen.add(message);
  const pane =
    message && !isForScript
      ? messagePane(message, query, searchParams, settingsFor(sandbox, message))
      : emptyPane(sandbox.messages.length);
  const found = await search.find(query);
  const unread = found.filter((candidate) => !seen.has(candidate)).length;
  return showPage(sandbox, {
    title: message ? message.subject || '(no subject)' : `${unread > 0 ? `(${unread}) ` : ''}Messages`,
    place: 'messages',
    showing: message ? 'message' : 'list',
    search: { value: query.search, mailbox: query.mailbox },
    content: html`${mailboxList(sandbox, query)}
${messageList(found, query, (candidate) => seen.has(candidate), message?.id)}
${pane}`,
  });
}
