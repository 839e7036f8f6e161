import { count, formatSize } from './format';
import { type Content, html, type Markup } from './html';
import { STYLE_SHEETS } from './public-files';
import { pageResponse } from './responses';
import type { Sandbox } from './sandbox';

/** The pages that every page's header links to. */
const PLACES = {
  messages: ['/inbox', 'Messages'],
  drafts: ['/inbox/drafts', 'Drafts'],
  requests: ['/inbox/requests', 'Requests'],
  faults: ['/inbox/faults', 'Faults'],
  connect: ['/inbox/connect', 'Connect'],
} as const;

interface Page {
  title: string;
  /** The link in the header to highlight. */
  place?: keyof typeof PLACES;
  content: Content;
  /** The pane that a narrow screen shows. */
  showing?: 'list' | 'message';
  search?: { value: string; mailbox: string };
}

export function showPage(sandbox: Sandbox, shown: Page, status?: number): Response {
  return pageResponse(page(sandbox, shown), status);
}

export function refusalPage(sandbox: Sandbox, status: number, reason: string): Response {
  const content = html`<main id="content" class="wide" tabindex="-1"><h1>${reason}</h1><p><a href="/inbox">Show the messages</a></p></main>`;
  return showPage(sandbox, { title: reason, content }, status);
}

function page(sandbox: Sandbox, { title, place, content, showing, search }: Page): Markup {
  return html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/inbox/icon.svg" type="image/svg+xml">
${STYLE_SHEETS.map((name) => html`<link rel="stylesheet" href="/inbox/${name}">`)}
<script src="/inbox/script.js" type="module"></script>
</head>
<body${showing && html` class="showing-${showing}"`}>
<a class="skip" href="${showing === 'list' ? '#list' : '#content'}">Skip to the content</a>
<header>
<a class="brand" href="/inbox"><img src="/inbox/icon.svg" alt="" width="26" height="26"><span class="brand-name">Graph sandbox</span></a>
<form class="search" role="search" action="/inbox">
<label class="hidden" for="search">Search messages</label>
<input id="search" name="q" type="search" value="${search?.value ?? ''}" placeholder="Search, or to:ann" title="Words, or from: to: subject: file: header: route: id: has:attachment" autocomplete="off" aria-keyshortcuts="/">
${search?.mailbox && html`<input type="hidden" name="mailbox" value="${search.mailbox}">`}
</form>
<nav aria-label="Pages">
${Object.entries(PLACES).map(
  ([name, [address, label]]) =>
    html`<a href="${address}"${name === place && html` aria-current="page"`}>${label}</a>`,
)}
</nav>
<span id="live" class="live" role="status" title="This page shows changes as they happen" hidden>live</span>
</header>
<div class="panes">
${content}
</div>
<footer><span id="usage" data-live>${usageLine(sandbox)}</span><span class="tools"><button type="button" id="density" hidden>Compact rows</button> <button type="button" id="notify" hidden>Notify me</button></span><span class="keys"><kbd>j</kbd> <kbd>k</kbd> next, previous <kbd>/</kbd> search <kbd>Esc</kbd> list</span></footer>
<p id="news" class="hidden" aria-live="polite"></p>
</body>
</html>
`;
}

/** How much is stored, and from when on the oldest messages are dropped. */
function usageLine({ messages, usage }: Sandbox): string {
  const { bytes, maxBytes, maxMessages, forgotten } = usage;
  const kept = `${count(messages.length, 'message')}, ${formatSize(bytes)}`;
  const bounds = `the oldest are dropped beyond ${maxMessages.toLocaleString('en')} messages or ${formatSize(maxBytes)}`;
  const gone = forgotten > 0 ? `; ${forgotten} dropped so far` : '';
  return `${kept} (${bounds}${gone})`;
}
