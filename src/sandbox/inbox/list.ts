import { count, formatSize, formatTime } from './format';
import { type Content, html, type Markup } from './html';
import { type ListQuery, listAddress, messageAddress, PAGE_SIZE } from './list-query';
import { routeChip } from './message-route';
import { type Sandbox, type SandboxMessage, today, visibleLine } from './sandbox';

/** The tenant's mailboxes and how many messages each sent, including mailboxes that are no longer configured. */
export function mailboxList({ mailboxes, messages }: Sandbox, query: ListQuery): Markup {
  const sent = new Map(mailboxes.map(({ userPrincipalName }) => [userPrincipalName, 0]));
  for (const { mailbox } of messages) sent.set(mailbox, (sent.get(mailbox) ?? 0) + 1);
  const states = new Map(mailboxes.map(({ userPrincipalName, state = 'ok' }) => [userPrincipalName, state]));
  const link = (mailbox: string, label: Content, number: number, note?: Content) =>
    html`<li><a href="${listAddress({ ...query, mailbox, page: 1 })}"${mailbox === query.mailbox && html` aria-current="true"`}><span>${label}</span>${note}<b>${number}</b></a></li>
`;
  return html`<nav id="mailboxes" class="mailboxes" aria-labelledby="senders" data-live><h2 id="senders">Sent from</h2><ul>
${link('', 'All', messages.length)}${[...sent].map(([mailbox, number]) => {
  const state = states.get(mailbox) ?? 'ok';
  return link(mailbox, mailbox, number, state !== 'ok' && html`<i class="chip">${state}</i>`);
})}</ul></nav>`;
}

/** Enough of a body for its preview: extracting text from all of a long one would be slow. */
const PREVIEW_SOURCE = 20_000;

/** The list pane, with a button that deletes what is listed. */
export function messageList(
  found: readonly SandboxMessage[],
  query: ListQuery,
  isSeen: (message: SandboxMessage) => boolean,
  openId?: string,
): Markup {
  const first = (query.page - 1) * PAGE_SIZE;
  const shown = found.slice(first, first + PAGE_SIZE);
  const rows = shown.map((message) => row(message, query, isSeen(message), message.id === openId));
  return html`<section id="list" class="list" aria-label="Messages" tabindex="-1" data-live>
<div class="list-head">
<h2>${headline(found.length, query)}</h2>
${found.length > 0 && deleteAll(found.length, query)}
</div>
${found.length > 0 ? html`<ul>${rows}</ul>` : nothing(query)}
${pager(found.length, first, query)}
</section>`;
}

function headline(number: number, { search, mailbox }: ListQuery): Content {
  if (search) return html`${number} found for <q>${search}</q>`;
  return mailbox || count(number, 'message');
}

function row(message: SandboxMessage, query: ListQuery, isSeen: boolean, isOpen: boolean): Markup {
  const { id, from, to, cc, bcc, subject, receivedAt, attachments, route, importance } = message;
  const [first, ...others] = [...to, ...cc, ...bcc];
  const files = attachments.filter(({ isInline }) => !isInline);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return html`<li><a href="${messageAddress(id, query)}" data-message="${id}"${isOpen && html` aria-current="true"`}${!isSeen && html` class="new"`}>
${!isSeen && html`<span class="hidden">New: </span>`}<span class="people"><b class="sender"><bdi>${from.name || from.address}</bdi></b> <span class="to">To: <span class="who">${first ? first.name || first.address : '(no recipients)'}</span>${others.length > 0 && html` <small>+${others.length}</small>`}</span> ${formatTime(receivedAt, today())}</span>
<span class="title" dir="auto"><span class="subject">${importance === 'high' && html`<b class="high" title="High importance">!</b> `}${subject || '(no subject)'}</span>
</span><span class="text" dir="auto"><span class="preview">${preview(message)}</span></span>
<span class="facts">${routeChip(route)}${!query.mailbox && message.mailbox !== from.address && html`<span class="from">${message.mailbox}</span>`}${files.length > 0 && html`<span class="files">${count(files.length, 'file')}, ${formatSize(size)}</span>`}</span>
</a></li>
`;
}

function preview({ body: { contentType, content } }: SandboxMessage): string {
  const start = content.slice(0, PREVIEW_SOURCE);
  return (contentType === 'html' ? visibleLine(start) : start.replace(/\s+/g, ' ')).slice(0, 140);
}

function deleteAll(number: number, query: ListQuery): Markup {
  const which = query.search || query.mailbox ? `the ${number} listed` : 'all';
  return html`<details class="confirm"><summary>Delete ${which}</summary>
<form method="post" action="/inbox/delete"><input type="hidden" name="mailbox" value="${query.mailbox}"><input type="hidden" name="q" value="${query.search}"><button class="danger">Yes, delete ${count(number, 'message')}</button></form></details>`;
}

function nothing({ search, mailbox }: ListQuery): Markup {
  if (search)
    return html`<p class="empty">No message contains all of these words. <a href="/inbox">Show all</a></p>`;
  return html`<div class="empty"><p>${mailbox ? 'This mailbox has sent nothing yet.' : 'Nothing has been sent yet.'}</p>
<p>Mail that an app sends to this sandbox shows up here at once. <a href="/inbox/connect">How to connect an app</a></p></div>`;
}

function pager(number: number, first: number, query: ListQuery): Content {
  if (number <= PAGE_SIZE && query.page === 1) return undefined;
  const newer =
    query.page > 1 && html`<a rel="prev" href="${listAddress({ ...query, page: query.page - 1 })}">Newer</a>`;
  const hasOlder = first + PAGE_SIZE < number;
  const older =
    hasOlder && html`<a rel="next" href="${listAddress({ ...query, page: query.page + 1 })}">Older</a>`;
  return html`<nav class="pager" aria-label="Pages of the list">${newer}<span>${first + 1} to ${Math.min(first + PAGE_SIZE, number)} of ${number}</span>${older}</nav>`;
}
