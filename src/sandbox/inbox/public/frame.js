// @ts-check
// The frame with a mail's HTML has no origin, so this page cannot see how high its content is. An unseen copy, which
// runs no scripts and opens no tabs, is measured in its place.

/** A mail can claim any height. Beyond this one, the frame scrolls. */
const MAX_HEIGHT = 30_000;
/** Room for the scroll bar of a mail that is wider than its frame. */
const SCROLL_BAR = 17;

/** Gives the frame the height of its content, now and whenever its width changes. */
export function fitFrame() {
  const frame = document.querySelector('iframe.body');
  if (!(frame instanceof HTMLIFrameElement)) return;
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (!frame.isConnected) observer.disconnect();
    else if (frame.clientWidth !== width) {
      width = frame.clientWidth;
      measure(frame);
    }
  });
  observer.observe(frame);
}

function measure(/** @type {HTMLIFrameElement} */ frame) {
  document.querySelector('iframe.copy')?.remove();
  const copy = document.createElement('iframe');
  copy.className = 'copy';
  copy.sandbox.add('allow-same-origin');
  copy.referrerPolicy = 'no-referrer';
  copy.ariaHidden = 'true';
  copy.tabIndex = -1;
  // A scroll bar would take width.
  copy.setAttribute('scrolling', 'no');
  copy.style.width = `${frame.clientWidth}px`;
  const address = new URL(frame.src);
  address.searchParams.set('for', 'measuring');
  copy.src = address.href;
  copy.addEventListener('load', () => {
    const root = copy.contentDocument?.documentElement;
    if (root && frame.isConnected) fit(frame, root);
    copy.remove();
  });
  document.body.append(copy);
}

function fit(/** @type {HTMLIFrameElement} */ frame, /** @type {HTMLElement} */ root) {
  const borders = frame.offsetHeight - frame.clientHeight;
  const bar = root.scrollWidth > root.clientWidth ? SCROLL_BAR : 0;
  frame.style.height = `${Math.min(root.scrollHeight + borders + bar, MAX_HEIGHT)}px`;
  frame.classList.add('fitted');
}
