// @ts-check
// What the pages do beyond links and forms, which all work without this script: show changes as they come, open a
// message without loading the whole page again, react to keys, and copy.
import { isNotifying } from './choices.js';
import { byId, rows } from './dom.js';
import { fitFrame } from './frame.js';
import { listenToKeys } from './keys.js';
import { markTabs } from './tabs.js';

const parse = (/** @type {string} */ text) => new DOMParser().parseFromString(text, 'text/html');

// Changes: the server says that something has changed, and the page asks for its live parts again.

/** @type {EventSource | undefined} */
let source;
let isAsking = false;
let mustAskAgain = false;
/** How many came while the open message was open. */
let arrivals = 0;
const known = new Set(rows().map(({ dataset }) => dataset.message));

async function refresh() {
  if (isAsking) {
    mustAskAgain = true;
    return;
  }
  isAsking = true;
  try {
    const answer = await fetch(location.href, { headers: { 'x-inbox-changes': '1' } });
    const changed = parse(await answer.text());
    for (const part of changed.querySelectorAll('[data-live]')) replace(part);
    announceNew();
    const isOpen = document.querySelector('main[data-open]') !== null;
    document.title = isOpen && arrivals > 0 ? `(${arrivals}) ${changed.title}` : changed.title;
  } catch {
    // Not connected: the stream of changes reconnects, and shows it.
  }
  isAsking = false;
  if (mustAskAgain) {
    mustAskAgain = false;
    setTimeout(refresh, 300);
  }
}

/** Swaps one part of the page, and keeps its scrolling, its focus and what is unfolded. */
function replace(/** @type {Element} */ part) {
  const old = byId(part.id);
  if (!old || old.isEqualNode(part)) return;
  const top = old.scrollTop;
  const { activeElement: active } = document;
  const focused = active instanceof HTMLElement ? targetsIn(old).indexOf(active) : -1;
  const address = active?.getAttribute('href');
  const unfolded = [...old.querySelectorAll('details')].map(({ open }) => open);
  for (const [index, details] of part.querySelectorAll('details').entries()) {
    details.open = unfolded[index] ?? false;
  }
  old.replaceWith(part);
  part.scrollTop = top;
  if (focused !== -1) {
    const targets = targetsIn(part);
    const same = address && targets.find((target) => target.getAttribute('href') === address);
    (same || targets[focused])?.focus({ preventScroll: true });
  }
  markOpen();
}

const targetsIn = (/** @type {Element} */ part) =>
  [...part.querySelectorAll('a, button, summary')].filter((target) => target instanceof HTMLElement);

function announceNew() {
  const arrived = rows().filter(({ dataset }) => !known.has(dataset.message));
  for (const { dataset } of arrived) known.add(dataset.message);
  arrivals += arrived.length;
  const news = byId('news');
  if (arrived[0] && news) {
    news.textContent = `New message: ${arrived[0].querySelector('.subject')?.textContent}`;
    if (isNotifying()) new Notification(news.textContent, { tag: 'graph-sandbox' });
  }
}

function listen() {
  source?.close();
  source = new EventSource('/inbox/events');
  source.addEventListener('change', refresh);
  source.addEventListener('open', () => {
    showConnection(true);
    refresh();
  });
  source.addEventListener('error', () => showConnection(false));
}

function showConnection(/** @type {boolean} */ isLive) {
  const shown = byId('live');
  if (!shown) return;
  shown.hidden = false;
  shown.textContent = isLive ? 'live' : 'not connected';
  shown.classList.toggle('off', !isLive);
}

// A browser opens at most six connections to a host, and each visible page holds one.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) listen();
  else if (!isNotifying()) source?.close();
});
if (!document.hidden) listen();
document.querySelector('a[data-message][aria-current]')?.scrollIntoView({ block: 'nearest' });

/** Shows the times of an invitation in the reader's zone, which the server does not know. */
function showLocalTimes() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  let day = '';
  for (const time of document.querySelectorAll('time')) {
    if (time.dataset.local === undefined) continue;
    delete time.dataset.local;
    const moment = new Date(time.dateTime);
    time.title = time.textContent ?? '';
    // The end is mostly on the day of the start.
    const isSameDay = time.previousElementSibling?.matches('time') && moment.toDateString() === day;
    day = moment.toDateString();
    const shown = moment.toLocaleString(
      [],
      isSameDay ? { timeStyle: 'short' } : { dateStyle: 'full', timeStyle: 'short' },
    );
    time.textContent = time.nextElementSibling?.matches('time') ? shown : `${shown} (${timeZone})`;
  }
}

// Messages: one opens in its pane, and the list next to it stays as it is.

let opened = 0;

async function openMessage(/** @type {string} */ address, /** @type {boolean} */ isNew) {
  opened += 1;
  const turn = opened;
  const answer = await fetch(address);
  const shown = parse(await answer.text());
  // Someone who presses keys quickly wants the last message, whichever answer comes last.
  if (turn !== opened) return;
  const pane = shown.querySelector('main');
  const old = document.querySelector('main');
  if (!answer.ok || !pane?.matches('.message') || !old?.matches('.message')) {
    location.href = address;
    return;
  }
  if (isNew) history.pushState(null, '', address);
  const isFromTab = document.activeElement?.matches('[role="tab"]');
  const isSame = pane.dataset.open === old.dataset.open;
  const { scrollTop } = old;
  old.replaceWith(pane);
  document.title = shown.title;
  arrivals = 0;
  document.body.className = shown.body.className;
  showPane();
  if (isSame) pane.scrollTop = scrollTop;
  if (isFromTab) selectedTab()?.focus({ preventScroll: true });
  if (isSame || !matchMedia('(max-width: 700px)').matches) return;
  // The list is gone now, and with it what had the focus.
  pane.focus({ preventScroll: true });
  scrollTo(0, 0);
}

const selectedTab = () =>
  [...document.querySelectorAll('a')].find((link) => link.matches('[role="tab"][aria-selected="true"]'));

/** What an open message needs of this script. */
function showPane() {
  showLocalTimes();
  markTabs();
  fitFrame();
  markOpen();
}
showPane();

/** Marks the row of the open message, which is no longer new. */
function markOpen() {
  const id = document.querySelector('main')?.dataset.open;
  for (const row of rows()) {
    if (row.dataset.message !== id) {
      row.removeAttribute('aria-current');
      continue;
    }
    row.setAttribute('aria-current', 'true');
    if (row.classList.contains('new')) {
      row.classList.remove('new');
      row.querySelector('.hidden')?.remove();
    }
  }
}

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const copy = event.target.closest('button');
  if (copy?.dataset.copy) {
    const text = byId(copy.dataset.copy)?.textContent ?? '';
    navigator.clipboard?.writeText(text).then(() => {
      copy.textContent = 'Copied';
    });
    return;
  }
  const link = event.target.closest('a');
  if (!link?.matches('a[data-message], [role="tab"], .frame-bars a:not([target])')) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  openMessage(link.href, true);
});

addEventListener('popstate', () => {
  if (document.querySelector('main.message')) openMessage(location.href, false);
  else location.reload();
});

listenToKeys((address) => openMessage(address, true));
