// @ts-check
// Keys, except while someone types.
import { byId, rows } from './dom.js';
import { tabForKey } from './tabs.js';

/** The link from an open message back to the list. */
const backLink = () =>
  [...document.querySelectorAll('a')].find((link) => link.matches('main[data-open] > a.back'));

/** @typedef {(address: string) => void} Open opens the message, or the view of one, with that address */

/** @param {Open} open */
export function listenToKeys(open) {
  document.addEventListener('keydown', (event) => onKey(event, open));
}

function onKey(/** @type {KeyboardEvent} */ event, /** @type {Open} */ open) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  if (target instanceof HTMLElement && target.closest('input, select, textarea')) {
    if (event.key === 'Escape') target.blur();
    return;
  }
  const tab = tabForKey(event.key);
  if (tab) {
    event.preventDefault();
    tab.focus({ preventScroll: true });
    open(tab.href);
    return;
  }
  switch (event.key) {
    case '/':
      byId('search')?.focus();
      break;
    case 'j':
      if (!openNext(1, open)) return;
      break;
    case 'k':
      if (!openNext(-1, open)) return;
      break;
    case 'ArrowDown':
    case 'ArrowUp':
      if (!focusNext(target, event.key === 'ArrowDown' ? 1 : -1)) return;
      break;
    case 'Delete':
      byId('delete')?.click();
      break;
    case 'Escape':
      backLink()?.click();
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** Moves the focus within the list. False if it is elsewhere. */
function focusNext(/** @type {EventTarget | null} */ target, /** @type {1 | -1} */ step) {
  if (!(target instanceof Element) || !target.closest('#list')) return false;
  const list = rows();
  const current = list.findIndex((row) => row.contains(document.activeElement));
  const next = current === -1 ? list[0] : list[current + step];
  next?.focus();
  return true;
}

/** Opens the message after the open one, or before it. False if the list is empty. */
function openNext(/** @type {1 | -1} */ step, /** @type {Open} */ open) {
  const list = rows();
  const current = list.findIndex((row) => row.hasAttribute('aria-current'));
  const next = list[current + step] ?? list[current];
  if (!next) return false;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  open(next.href);
  return true;
}
