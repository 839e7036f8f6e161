/**
 * What the pages do beyond links and forms, all of which work without it: show changes as they come, open a message
 * without loading the page anew, keys, and the buttons that copy.
 */
export const SCRIPT = `'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll('a[data-message]')];
  const parse = (text) => new DOMParser().parseFromString(text, 'text/html');

  /* Changes: the server says that there are some, and the page asks for its live parts anew. */
  let source;
  let asking = false;
  let again = false;
  const fresh = rows().map((row) => row.dataset.message);
  const known = new Set(fresh);

  async function refresh() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { 'x-inbox-changes': '1' } });
      const changed = parse(await answer.text());
      for (const part of changed.querySelectorAll('[data-live]')) replace(part);
      tellNews();
    } catch {
      // Not connected; the stream of changes tries again and says so.
    }
    asking = false;
    if (again) {
      again = false;
      setTimeout(refresh, 300);
    }
  }

  function replace(part) {
    const old = byId(part.id);
    if (!old || old.isEqualNode(part)) return;
    const top = old.scrollTop;
    const focused = targets(old).indexOf(document.activeElement);
    const address = document.activeElement.getAttribute('href');
    // What somebody has unfolded stays so.
    const unfolded = [...old.querySelectorAll('details')].map((details) => details.open);
    for (const [index, details] of [...part.querySelectorAll('details')].entries()) details.open = unfolded[index];
    old.replaceWith(part);
    part.scrollTop = top;
    if (focused !== -1) {
      const same = address && targets(part).find((target) => target.getAttribute('href') === address);
      (same || targets(part)[focused])?.focus({ preventScroll: true });
    }
    markOpen();
  }

  const targets = (part) => [...part.querySelectorAll('a, button, summary')];

  function tellNews() {
    const arrived = rows().filter((row) => !known.has(row.dataset.message));
    for (const row of arrived) known.add(row.dataset.message);
    const [latest] = arrived;
    if (latest) byId('news').textContent = 'New message: ' + latest.querySelector('.subject').textContent;
  }

  function listen() {
    source?.close();
    source = new EventSource('/inbox/events');
    source.addEventListener('change', refresh);
    source.addEventListener('open', () => {
      status(true);
      refresh();
    });
    source.addEventListener('error', () => status(false));
  }

  function status(isLive) {
    const shown = byId('live');
    shown.hidden = false;
    shown.textContent = isLive ? 'live' : 'not connected';
    shown.classList.toggle('off', !isLive);
  }

  // A browser has six connections to a host, and each open page would hold one for good.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) source?.close();
    else listen();
  });
  if (!document.hidden) listen();
  markOpen();
  document.querySelector('a[data-message][aria-current]')?.scrollIntoView({ block: 'nearest' });

  /* A message opens in its pane; the list beside it stays where it is. */
  async function open(address, isNew) {
    const answer = await fetch(address);
    const shown = parse(await answer.text());
    const pane = shown.querySelector('main.message');
    const old = document.querySelector('main.message');
    if (!answer.ok || !pane || !old) {
      location.href = address;
      return;
    }
    if (isNew) history.pushState(null, '', address);
    old.replaceWith(pane);
    document.title = shown.title;
    document.body.className = shown.body.className;
    markOpen();
    if (matchMedia('(max-width: 700px)').matches) scrollTo(0, 0);
  }

  function markOpen() {
    document.querySelector('.views [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const id = document.querySelector('main.message')?.dataset.open;
    for (const row of rows()) {
      const isOpen = row.dataset.message === id;
      if (isOpen) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
      if (isOpen && row.classList.contains('new')) {
        row.classList.remove('new');
        row.querySelector('.hidden')?.remove();
      }
    }
  }

  document.addEventListener('click', (event) => {
    const copy = event.target.closest('[data-copy]');
    if (copy) {
      navigator.clipboard?.writeText(byId(copy.dataset.copy).textContent).then(() => {
        copy.textContent = 'Copied';
      });
      return;
    }
    const link = event.target.closest('a[data-message], nav.views a, p.bar a:not([download])');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    open(link.href, true);
  });
  addEventListener('popstate', () => {
    if (document.querySelector('main.message')) open(location.href, false);
    else location.reload();
  });

  /* Keys, except where one writes. */
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input, select, textarea')) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    const list = rows();
    const current = list.findIndex((row) => row.hasAttribute('aria-current'));
    switch (event.key) {
      case '/':
        byId('search').focus();
        break;
      case 'j':
      case 'k': {
        const next = list[current + (event.key === 'j' ? 1 : -1)] ?? list[current];
        if (!next) return;
        next.focus();
        next.scrollIntoView({ block: 'nearest' });
        open(next.href, true);
        break;
      }
      case 'Delete':
        byId('delete')?.click();
        break;
      case 'Escape':
        if (document.querySelector('main[data-open]')) document.querySelector('a.back').click();
        break;
      default:
        return;
    }
    event.preventDefault();
  });
})();
`;
