import { composeEml } from '../mail/compose-eml';
import type { SandboxMessage } from '../mail/message';
import { bodyDocument } from './body-document';
import { changeEvents } from './change-events';
import { connectPane } from './connect-pane';
import { downloadAnswer } from './download-answer';
import { draftsPane } from './drafts-pane';
import { faultsPane } from './faults-pane';
import { html, type Markup } from './html';
import { ICON } from './icon';
import { pageAnswer, redirectAnswer, textAnswer } from './inbox-answer';
import { readListQuery } from './list-query';
import { mailboxList } from './mailbox-list';
import { messageList } from './message-list';
import { emptyPane, messagePane } from './message-pane';
import { type Page, page } from './page';
import { requestsPane } from './requests-pane';
import { SCRIPT } from './script';
import type { Inbox } from './serve-inbox';
import { requestFile } from './show-request';
import { STYLE } from './style';
import { usageLine } from './usage-line';

/** The answer to a GET. Undefined given an address where nothing is. */
export function showPage(inbox: Inbox, request: Request, path: string[]): Response | undefined {
  const { sandbox } = inbox;
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === '/' || pathname === '/inbox/') return redirectAnswer('/inbox');
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
      return show(inbox, { title: 'Drafts', place, content: draftsPane(sandbox) });
    case 'requests':
      return show(inbox, { title: 'Requests', place, content: requestsPane(sandbox) });
    case 'faults':
      return show(inbox, { title: 'Faults', place, content: faultsPane(sandbox) });
    case 'connect':
      return show(inbox, { title: 'Connect an app', place, content: connectPane(sandbox) });
    case 'events':
      return changeEvents(sandbox);
    case 'style.css':
      return textAnswer(STYLE, 'text/css; charset=utf-8');
    case 'script.js':
      return textAnswer(SCRIPT, 'text/javascript; charset=utf-8');
    case 'icon.svg':
      return textAnswer(ICON, 'image/svg+xml');
    default:
      return undefined;
  }
}

function show({ sandbox }: Inbox, shown: Omit<Page, 'usage'>): Response {
  return pageAnswer(page({ ...shown, usage: usageLine(sandbox) }));
}

/** Mailboxes, the list, and one message or none. */
function showMessages(inbox: Inbox, request: Request, message?: SandboxMessage): Response {
  const { sandbox, seen } = inbox;
  const { searchParams } = new URL(request.url);
  const query = readListQuery(searchParams);
  // The script asks like this for what has changed around an open message, which may be a long one.
  const isForScript = request.headers.has('x-inbox-changes');
  if (message && !isForScript) seen.add(message);
  const pane =
    message && !isForScript ? messagePane(message, query, searchParams) : emptyPane(sandbox.messages.length);
  const content: Markup = html`${mailboxList(sandbox, query)}
${messageList(sandbox, query, (candidate) => seen.has(candidate), message?.id)}
${pane}`;
  return show(inbox, {
    title: message ? message.subject || '(no subject)' : 'Messages',
    place: 'messages',
    showing: message ? 'message' : 'list',
    search: { value: query.search, mailbox: query.mailbox },
    content,
  });
}

function showPart(
  message: SandboxMessage,
  [part, index, ...rest]: string[],
  values: URLSearchParams,
): Response | undefined {
  if (part === 'attachments' && index !== undefined && rest.length === 0) {
    const attachment = /^\d+$/.test(index) ? message.attachments[Number(index)] : undefined;
    // Of some only the hash is kept.
    if (attachment === undefined || attachment.sha256 !== undefined) return undefined;
    return downloadAnswer(attachment.content, attachment.name);
  }
  if (index !== undefined) return undefined;
  switch (part) {
    case 'body':
      return message.body.contentType === 'html'
        ? bodyDocument(message, values.get('remote') === '1')
        : undefined;
    case 'message.eml':
      return downloadAnswer(composeEml(message), `${message.subject || 'message'}.eml`);
    case 'request': {
      const { name, content } = requestFile(message.request);
      return downloadAnswer(content, name);
    }
    default:
      return undefined;
  }
}
