import { type CheckSettings, checksOf, countFindings } from './checks';
import { count, formatExactTime, formatSize } from './format';
import { type Content, html, type Markup } from './html';
import { fileName, invitations } from './invitation';
import { type ListQuery, listAddress, messageAddress, messagePath } from './list-query';
import { messageSteps, routeChip } from './message-route';
import { defaultView, messageView, viewsOf } from './message-view';
import type { SandboxAddress, SandboxMessage } from './sandbox';

/** One message as a pane of the page. */
export function messagePane(
  message: SandboxMessage,
  query: ListQuery,
  values: URLSearchParams,
  settings: CheckSettings,
): Markup {
  const checks = checksOf(message, settings);
  const findings = countFindings(checks);
  const views = viewsOf(message);
  const view = views.find(([name]) => name === values.get('show'))?.[0] ?? defaultView(message);
  return html`<main id="content" class="message" tabindex="-1" data-open="${message.id}">
<a class="back" href="${listAddress(query)}">Messages</a>
<div class="title"><h1 dir="auto">${message.subject || '(no subject)'}</h1>
<div class="actions"><a class="button" href="${messagePath(message.id, '/message.eml')}" download>Open .eml</a>
<form method="post" action="${messagePath(message.id, '/delete')}"><input type="hidden" name="back" value="${listAddress(query)}"><button id="delete">Delete</button></form></div></div>
<dl class="envelope">
${addressRow('From', [message.from])}
${message.sender.address !== message.from.address && addressRow('Sender', [message.sender])}
${message.mailbox !== message.from.address && html`<div><dt>Mailbox</dt><dd>${message.mailbox}</dd></div>`}
${addressRow('Reply-To', message.replyTo)}
${addressRow('To', message.to)}
${addressRow('Cc', message.cc)}
${addressRow('Bcc', message.bcc)}
<div><dt>Date</dt><dd>${formatExactTime(message.receivedAt)}</dd></div>
<div><dt>Route</dt><dd>${routeChip(message.route)} <small>${messageSteps(message).summary}</small></dd></div>
</dl>
${extras(message)}
${invitations(message)}
${attachmentList(message)}
<div class="views" role="tablist" aria-label="Views of the message">${views.map(
    ([name, label]) =>
      html`<a role="tab" id="tab-${name}" href="${messageAddress(message.id, query, { show: name })}" aria-controls="view" aria-selected="${name === view ? 'true' : 'false'}">${label}${name === 'checks' && findings > 0 && html` <b class="count">${findings}</b>`}</a>`,
  )}</div>
<div id="view" class="view" role="tabpanel" aria-labelledby="tab-${view}">${messageView(message, view, query, values, checks)}</div>
</main>`;
}

/** More recipients than this fold after the first, and more files into one line: they would push the mail off the screen. */
const MAX_UNFOLDED = 4;

function addressRow(label: string, addresses: readonly SandboxAddress[]): Content {
  if (addresses.length === 0) return undefined;
  const shown = addresses.map(
    ({ name, address }) =>
      html`<span class="address">${name && html`<b>${name}</b> `}<span>${address}</span></span>`,
  );
  if (shown.length <= MAX_UNFOLDED) return html`<div><dt>${label}</dt><dd>${shown}</dd></div>`;
  const [first, ...others] = shown;
  return html`<div><dt>${label}</dt><dd><details class="fold"><summary>${first}<span class="more">+${others.length}</span></summary>${others}</details></dd></div>`;
}

function extras(message: SandboxMessage): Content {
  const { importance, categories, isReadReceiptRequested, isDeliveryReceiptRequested } = message;
  const chips = [
    importance !== 'normal' && `${importance} importance`,
    isReadReceiptRequested && 'read receipt',
    isDeliveryReceiptRequested && 'delivery receipt',
    !message.savedToSentItems && 'not in Sent Items',
    ...categories,
  ].filter(Boolean);
  return (
    chips.length > 0 &&
    html`<p class="chips">${chips.map((chip) => html`<span class="chip">${chip}</span> `)}</p>`
  );
}

function attachmentList({ id, attachments }: SandboxMessage): Content {
  if (attachments.length === 0) return undefined;
  const items = attachments.map((file, index) => {
    const { contentType, size, sha256, isInline } = file;
    const label = html`<span>${fileName(file) || '(no name)'}</span> <small>${formatSize(size)}, ${contentType}${isInline && ', inline'}</small>`;
    // Only the hash is stored, so there is nothing to download.
    if (sha256 !== undefined) return html`<li class="file" title="SHA-256 ${sha256}">${label}</li>`;
    return html`<li><a class="file" href="${messagePath(id, `/attachments/${index}`)}" download>${label}</a></li>`;
  });
  const list = html`<ul class="attachments" aria-label="Attachments">${items}</ul>`;
  if (items.length <= MAX_UNFOLDED) return list;
  const size = attachments.reduce((sum, file) => sum + file.size, 0);
  return html`<details class="fold files"><summary>${count(items.length, 'file')}, ${formatSize(size)} <span class="more">Show</span></summary>${list}</details>`;
}

/** The message pane while no message is open. */
export function emptyPane(number: number): Markup {
  return html`<main id="content" class="message none" tabindex="-1"><p>${number > 0 ? 'Choose a message.' : ''}</p></main>`;
}
