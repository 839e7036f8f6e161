import { html, type Markup } from './html';
import { foreignResponse } from './responses';
import type { SandboxAttachment, SandboxMessage } from './sandbox';

/** No scripts, forms or origin. Links may open a tab, since testing them is what people open mails for. */
const FRAME_RIGHTS = 'allow-popups allow-popups-to-escape-sandbox';

const BLOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const REMOTE = [
  "default-src 'none'",
  "style-src 'unsafe-inline' http: https:",
  'img-src data: http: https:',
  'font-src data: http: https:',
  'media-src data: http: https:',
].join('; ');
const NO_RIGHTS = `base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${FRAME_RIGHTS}`;

/** A mail may show one large image a thousand times. */
const MAX_INLINE_BYTES = 50_000_000;

/**
 * A mail's HTML as a document without rights. The browser never requests what the policy forbids, so the sender cannot
 * tell that the mail was read, unless the reader asks for remote content.
 */
export function bodyDocument({ body, attachments }: SandboxMessage, withRemote: boolean): Response {
  const markup = withInlineImages(withoutSideDoors(body.content, withRemote), attachments);
  // Without a base target, links would open inside the frame.
  const document = `<!doctype html><base target="_blank">${markup}`;
  const policy = `${withRemote ? REMOTE : BLOCKED}; ${NO_RIGHTS}`;
  return foreignResponse(document, 'text/html; charset=utf-8', policy, {
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
  });
}

/** The frame for such a document, which grants it no rights either. */
export function bodyFrame(address: string): Markup {
  return html`<iframe class="body" title="The message" sandbox="${FRAME_RIGHTS}" referrerpolicy="no-referrer" src="${address}"></iframe>`;
}

const REMOTE_CONTENT =
  /(?:src|srcset|background|poster|href)\s{0,9}=\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|url\(\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|@import/i;

/** Whether the HTML seems to load something. A guess: it decides what the page offers, never what is allowed. */
export function hasRemoteContent(markup: string): boolean {
  return REMOTE_CONTENT.test(markup.replace(/<a\s[^>]{0,2000}>/gi, ''));
}

/**
 * Renames elements that the policy cannot hold back. Chromium connects for a forbidden frame before it checks the
 * policy, `<link rel="preconnect">` is not subject to it, and the mail's own `<base>` or `<meta>` would compete with
 * ours. Browsers ignore elements they do not know.
 */
function withoutSideDoors(markup: string, withRemote: boolean): string {
  const names = `meta|base|i?frame|fencedframe|object|embed${withRemote ? '' : '|link'}`;
  return markup.replace(new RegExp(`<(${names})(?=[\\s/>])`, 'gi'), '<x-$1');
}

/** Replaces `cid:` links to images by their data, so the frame has nothing to load. */
function withInlineImages(markup: string, attachments: readonly SandboxAttachment[]): string {
  let leftBytes = MAX_INLINE_BYTES;
  return markup.replace(/(["'=(]\s{0,9})cid:([^\s"'()<>]+)/gi, (link, before: string, id: string) => {
    const image = attachments.find(({ contentId }) => contentId === id || contentId === decodeId(id));
    const [type] = /^image\/[\w.+-]+/i.exec(image?.contentType ?? '') ?? [];
    if (image === undefined || type === undefined || image.size > leftBytes) return link;
    leftBytes -= image.size;
    return `${before}data:${type};base64,${image.content.toString('base64')}`;
  });
}

function decodeId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
