import { composeEml } from '../mail/compose-eml';
import { emlHeaders } from '../mail/eml-headers';
import type { SandboxMessage } from '../mail/message';
import { FRAME_RIGHTS, hasRemoteContent } from './body-document';
import { type Content, html, type Markup } from './html';
import { type ListQuery, messageAddress, messagePath } from './list-query';
import { messageNotes } from './message-notes';
import { messageSteps } from './message-steps';
import { showRequest } from './show-request';
import { visibleText } from './visible-text';

const VIEWS = {
  html: 'HTML',
  text: 'Text',
  source: 'HTML source',
  headers: 'Headers',
  route: 'Route',
  request: 'Request',
  mime: 'MIME',
} as const;
export type ViewName = keyof typeof VIEWS;

/** As much text as a page shows at once; the whole of it is there to download. */
const MOST_SHOWN = 200_000;

/** The ways to look at a message, and their names. */
export function viewsOf({ body }: SandboxMessage): [name: ViewName, label: string][] {
  const isHtml = body.contentType === 'html';
  return [
    ...(isHtml ? [entry('html')] : []),
    entry('text'),
    ...(isHtml ? [entry('source')] : []),
    entry('headers'),
    entry('route'),
    entry('request'),
    entry('mime'),
  ];
}

export function defaultView({ body }: SandboxMessage): ViewName {
  return body.contentType === 'html' ? 'html' : 'text';
}

export function messageView(
  message: SandboxMessage,
  view: ViewName,
  query: ListQuery,
  withRemote: boolean,
): Markup {
  switch (view) {
    case 'html':
      return frame(message, query, withRemote);
    case 'text':
      return textView(message);
    case 'source':
      return plain(message.body.content);
    case 'headers':
      return message.mime ? mimeHeaders(message) : jsonHeaders(message);
    case 'route':
      return routeView(message);
    case 'request':
      return requestView(message);
    case 'mime':
      return mimeView(message);
  }
}

function entry(name: ViewName): [ViewName, string] {
  return [name, VIEWS[name]];
}

function frame(message: SandboxMessage, query: ListQuery, withRemote: boolean): Markup {
  const source = messagePath(message.id, withRemote ? '/body?remote=1' : '/body');
  return html`${remoteBar(message, query, withRemote)}
<iframe class="body" title="The message" sandbox="${FRAME_RIGHTS}" referrerpolicy="no-referrer" src="${source}"></iframe>`;
}

function remoteBar(message: SandboxMessage, query: ListQuery, withRemote: boolean): Content {
  if (!hasRemoteContent(message.body.content)) return undefined;
  if (withRemote)
    return html`<p class="bar">Remote content is shown. <a href="${messageAddress(message.id, query, { show: 'html' })}">Block it</a></p>`;
  const address = messageAddress(message.id, query, { show: 'html', remote: '1' });
  return html`<p class="bar">Remote images and styles are blocked. <a href="${address}">Show them</a></p>`;
}

function textView({ body, textAlternative }: SandboxMessage): Markup {
  if (body.contentType === 'text') return plain(body.content);
  if (textAlternative !== undefined) return plain(textAlternative);
  return html`<p class="bar">The message has HTML only. This is about what it says; Exchange makes the text version itself.</p>
${plain(visibleText(body.content))}`;
}

function plain(text: string): Markup {
  return html`${tooLong(text.length)}<pre tabindex="0">${text.slice(0, MOST_SHOWN)}</pre>`;
}

function tooLong(length: number): Content {
  return length > MOST_SHOWN && html`<p class="bar">The first ${MOST_SHOWN} of ${length} characters.</p>`;
}

function mimeHeaders({ headers, bcc }: SandboxMessage): Markup {
  const rows = headers.map(
    ({ name, value }) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  );
  const hidden =
    bcc.length > 0 &&
    html`<tr class="removed"><th scope="row">Bcc</th><td>${bcc.map(({ address }) => address).join(', ')} <i>(taken out)</i></td></tr>`;
  return html`<div class="scroll" tabindex="0"><table class="headers"><thead><tr><th scope="col">Header</th><th scope="col">Value</th></tr></thead><tbody>
${rows}${hidden}</tbody></table></div>`;
}

function jsonHeaders(message: SandboxMessage): Markup {
  const rows = emlHeaders(message).map(
    ({
      name,
      value,
      source,
    }) => html`<tr><th scope="row">${name}</th><td>${value}</td><td><code>${source}</code></td></tr>
`,
  );
  return html`<p class="bar">The message came as JSON. These are the headers that its parts stand for; Exchange writes its own.</p>
<div class="scroll" tabindex="0"><table class="headers"><thead><tr><th scope="col">Header</th><th scope="col">Value</th><th scope="col">Comes from</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function routeView(message: SandboxMessage): Markup {
  const { summary, steps } = messageSteps(message);
  const notes = messageNotes(message);
  return html`<div class="story"><h2>How it came</h2><p>${summary}</p><ol>${steps.map((step) => html`<li><code>${step}</code></li>`)}</ol>
<h2>What was moved, dropped or hidden</h2>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : html`<p>Nothing that the service can tell.</p>`}
<p class="aside">What the client left out before it sent, only the client knows; this package’s transport tells it in <code>info.dropped</code>.</p>
<h2>Ids</h2>
<dl class="envelope"><div><dt>Message</dt><dd><code>${message.id}</code></dd></div>
<div><dt>request-id</dt><dd><code>${message.requestId}</code></dd></div>
${message.clientRequestId !== undefined && html`<div><dt>client-request-id</dt><dd><code>${message.clientRequestId}</code></dd></div>`}</dl></div>`;
}

function requestView(message: SandboxMessage): Markup {
  const isText = typeof message.request === 'string';
  const what =
    message.route === 'draft'
      ? 'The body of the request that made the draft'
      : 'The body of the sendMail request';
  return html`<p class="bar">${what}, ${isText ? 'base64 of the MIME' : 'laid out; long values are cut'}. <a href="${messagePath(message.id, '/request')}" download>Download all of it</a></p>
<pre tabindex="0">${showRequest(message.request, MOST_SHOWN)}</pre>`;
}

function mimeView(message: SandboxMessage): Markup {
  const download = html`<a href="${messagePath(message.id, '/message.eml')}" download>Download</a>`;
  if (message.mime === undefined || typeof message.request !== 'string') {
    const composed = composeEml(message);
    return html`<p class="bar">The message came as JSON. The sandbox composed this from it for the .eml; Exchange composes its own. ${download}</p>
${plain(composed.toString())}`;
  }
  const came = Buffer.from(message.request, 'base64');
  const lines = markRemoved(came, message.mime);
  const removed = lines.filter(({ isRemoved }) => isRemoved).length;
  return html`<p class="bar">The MIME as it came${removed > 0 ? ', with the lines marked that recipients do not get' : ', which is what recipients get'}. ${download}</p>
${tooLong(came.length)}<pre tabindex="0">${lines.map(({ text, isRemoved }) => (isRemoved ? html`<del>- ${text}</del>\n` : `${text}\n`))}</pre>`;
}

/** The lines that came; those that are missing in what recipients get are marked. Nothing is ever added. */
function markRemoved(came: Buffer, delivered: Buffer): { text: string; isRemoved: boolean }[] {
  const expected = delivered.toString('utf8', 0, MOST_SHOWN).split('\r\n');
  let next = 0;
  return came
    .toString('utf8', 0, MOST_SHOWN)
    .split('\r\n')
    .map((text) => {
      const isRemoved = text !== expected[next] && next < expected.length - 1;
      if (!isRemoved) next += 1;
      return { text, isRemoved };
    });
}
