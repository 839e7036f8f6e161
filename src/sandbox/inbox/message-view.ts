import { bodyFrame, hasRemoteContent } from './body-document';
import type { MessageCheck } from './checks';
import { checksView } from './checks-view';
import { type Content, html, type Markup } from './html';
import { type ListQuery, messageAddress, messagePath } from './list-query';
import { routeView } from './message-route';
import { composeEml, emlHeaders, type SandboxMessage, visibleText } from './sandbox';
import { linkedText } from './text-links';

const VIEWS = [
  ['html', 'HTML'],
  ['text', 'Text'],
  ['source', 'HTML source'],
  ['checks', 'Checks'],
  ['headers', 'Headers'],
  ['route', 'Route'],
  ['request', 'Request'],
  ['mime', 'MIME'],
] as const;
type View = (typeof VIEWS)[number];
type ViewName = View[0];

/** The most text a page shows; the download has all of it. */
const MAX_SHOWN = 200_000;

/** The tabs of a message. */
export function viewsOf({ body }: SandboxMessage): View[] {
  return VIEWS.filter(([name]) => body.contentType === 'html' || (name !== 'html' && name !== 'source'));
}

export function defaultView({ body }: SandboxMessage): ViewName {
  return body.contentType === 'html' ? 'html' : 'text';
}

export function messageView(
  message: SandboxMessage,
  view: ViewName,
  query: ListQuery,
  values: URLSearchParams,
  checks: readonly MessageCheck[],
): Markup {
  switch (view) {
    case 'html':
      return frame(message, query, values);
    case 'text':
      return textView(message);
    case 'source':
      return plain(message.body.content);
    case 'checks':
      return checksView(checks);
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

function frame(message: SandboxMessage, query: ListQuery, values: URLSearchParams): Markup {
  const withRemote = values.get('remote') === '1';
  const source = messagePath(message.id, withRemote ? '/body?remote=1' : '/body');
  const width = WIDTHS.find(([name]) => name === values.get('width'))?.[0] ?? 'fit';
  return html`<div class="frame-bars">${remoteBar(message, query, withRemote)}
${widthBar(message, query, values, width, source)}</div>
<div class="across">${bodyFrame(source, width)}</div>`;
}

function remoteBar(message: SandboxMessage, query: ListQuery, withRemote: boolean): Content {
  if (!hasRemoteContent(message.body.content)) return undefined;
  if (withRemote)
    return html`<p class="bar">Remote content is shown. <a href="${messageAddress(message.id, query, { show: 'html' })}">Block it</a></p>`;
  const address = messageAddress(message.id, query, { show: 'html', remote: '1' });
  return html`<p class="bar">Remote images and styles are blocked. <a href="${address}">Show them</a></p>`;
}

/** The style sheet sets them. */
const WIDTHS = [
  ['fit', 'Fit', 'as wide as the page has room'],
  ['phone', 'Phone', '375 px'],
  ['tablet', 'Tablet', '768 px'],
  ['desktop', 'Desktop', '1280 px'],
] as const;

function widthBar(
  message: SandboxMessage,
  query: ListQuery,
  values: URLSearchParams,
  chosen: string,
  source: string,
): Markup {
  const remote: Record<string, string> = values.get('remote') === '1' ? { remote: '1' } : {};
  const links = WIDTHS.map(
    ([width, label, size]) =>
      html`<a href="${messageAddress(message.id, query, { show: 'html', width, ...remote })}" title="${size}"${width === chosen && html` aria-current="true"`}>${label}</a> `,
  );
  return html`<p class="bar widths">${links}<a href="${source}" target="_blank" rel="noopener noreferrer">Open alone</a></p>`;
}

function textView({ body, textAlternative }: SandboxMessage): Markup {
  if (body.contentType === 'text') return written(body.content);
  if (textAlternative !== undefined) return written(textAlternative);
  return html`<p class="bar">The message has HTML only. This is roughly what it says; Exchange makes its own text version.</p>
${written(visibleText(body.content))}`;
}

function plain(text: string): Markup {
  return html`${tooLong(text.length)}<pre tabindex="0">${text.slice(0, MAX_SHOWN)}</pre>`;
}

/** Text of the sender's own, with links to click: the link to confirm an address is what many tests look for. */
function written(text: string): Markup {
  return html`${tooLong(text.length)}<pre class="written" dir="auto" tabindex="0">${linkedText(text.slice(0, MAX_SHOWN))}</pre>`;
}

function tooLong(length: number): Content {
  return length > MAX_SHOWN && html`<p class="bar">The first ${MAX_SHOWN} of ${length} characters.</p>`;
}

function mimeHeaders({ headers, bcc }: SandboxMessage): Markup {
  const rows = headers.map(
    ({ name, value }) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  );
  const hidden =
    bcc.length > 0 &&
    html`<tr class="removed"><th scope="row">Bcc</th><td>${bcc.map(({ address }) => address).join(', ')} <i>(removed)</i></td></tr>`;
  return html`<div class="scroll" tabindex="0"><table class="headers blocks"><thead><tr><th scope="col">Header</th><th scope="col">Value</th></tr></thead><tbody>
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
  return html`<p class="bar">The message came as JSON. Its properties stand for these headers; Exchange writes its own.</p>
<div class="scroll" tabindex="0"><table class="headers blocks"><thead><tr><th scope="col">Header</th><th scope="col">Value</th><th scope="col">Comes from</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

function requestView(message: SandboxMessage): Markup {
  const isText = typeof message.request === 'string';
  const what =
    message.route === 'draft'
      ? 'The body of the request that created the draft'
      : 'The body of the sendMail request';
  return html`<p class="bar">${what}, ${isText ? 'base64 of the MIME' : 'formatted, with long values cut'}. <a href="${messagePath(message.id, '/request')}" download>Download all of it</a></p>
<pre tabindex="0">${showRequest(message.request, MAX_SHOWN)}</pre>`;
}

function mimeView(message: SandboxMessage): Markup {
  const download = html`<a href="${messagePath(message.id, '/message.eml')}" download>Download</a>`;
  if (message.mime === undefined || typeof message.request !== 'string') {
    const composed = composeEml(message);
    return html`<p class="bar">The message came as JSON. The sandbox composed this .eml from it; Exchange composes its own. ${download}</p>
${plain(composed.toString())}`;
  }
  const came = Buffer.from(message.request, 'base64');
  const lines = markRemoved(came, message.mime);
  const removed = lines.filter(({ isRemoved }) => isRemoved).length;
  return html`<p class="bar">The MIME as it came${removed > 0 ? ', marking the lines that recipients do not get' : ', which is what recipients get'}. ${download}</p>
${tooLong(came.length)}<pre tabindex="0">${lines.map(({ text, isRemoved }) => (isRemoved ? html`<del>- ${text}</del>\n` : `${text}\n`))}</pre>`;
}

/** The lines of the request, marking those that recipients do not get. Delivery only ever removes lines. */
function markRemoved(came: Buffer, delivered: Buffer): { text: string; isRemoved: boolean }[] {
  const expected = delivered.toString('utf8', 0, MAX_SHOWN).split('\r\n');
  let next = 0;
  return came
    .toString('utf8', 0, MAX_SHOWN)
    .split('\r\n')
    .map((text) => {
      const isRemoved = text !== expected[next] && next < expected.length - 1;
      if (!isRemoved) next += 1;
      return { text, isRemoved };
    });
}

/** Cuts attachments, which are the long values of a request. */
const MAX_VALUE = 2000;

function showRequest(request: unknown, mostCharacters: number): string {
  if (typeof request === 'string') return cut(request, mostCharacters);
  const short = JSON.stringify(
    request,
    (_name, value) => (typeof value === 'string' ? cut(value, MAX_VALUE) : value),
    2,
  );
  return cut(short, mostCharacters);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)} … ${text.length - most} more characters` : text;
}
