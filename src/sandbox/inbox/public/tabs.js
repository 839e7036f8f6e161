// @ts-check
// The views of a message as tabs: one stop for the Tab key, and arrows between them. Without this script they are links.

/** @returns {HTMLAnchorElement[]} */
const tabs = () => [...document.querySelectorAll('a')].filter((link) => link.matches('[role="tab"]'));

export function markTabs() {
  for (const tab of tabs()) tab.tabIndex = tab.ariaSelected === 'true' ? 0 : -1;
}

/** The tab that a key leads to from the one that has the focus. */
export function tabForKey(/** @type {string} */ key) {
  const all = tabs();
  const current = all.findIndex((tab) => tab.contains(document.activeElement));
  if (current === -1) return undefined;
  switch (key) {
    case 'ArrowRight':
      return all[(current + 1) % all.length];
    case 'ArrowLeft':
      return all.at(current - 1);
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    case ' ':
      return all[current];
    default:
      return undefined;
  }
}
