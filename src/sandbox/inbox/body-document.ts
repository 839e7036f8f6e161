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
const NO_RIGHTS = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";
/** The page may look into an unseen copy, to measure it. With neither scripts nor popups in it, nothing can look out. */
const COPY_RIGHTS = 'allow-same-origin';

/** The most characters that images add to a document: a large one may be shown a thousand times. */
const MAX_INLINE_CHARACTERS = 64_000_000;

/**
 * A mail's HTML as a document without rights. The browser never requests what the policy forbids, so the sender cannot
 * tell that the mail was read, unless the reader asks for remote content.
 *
 * @param isCopy for the copy that the page measures, since it cannot look into the shown document
 */
export function bodyDocument(
  { body, attachments }: SandboxMessage,
  withRemote: boolean,
  isCopy = false,
): Response {
  const markup = withInlineImages(withoutSideDoors(body.content, withRemote), attachments);
  // Without a base target, links would open inside the frame.
  const document = `<!doctype html><base target="_blank">${markup}`;
  const policy = `${withRemote ? REMOTE : BLOCKED}; ${NO_RIGHTS} ${isCopy ? COPY_RIGHTS : FRAME_RIGHTS}`;
  return foreignResponse(document, 'text/html; charset=utf-8', policy, {
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
  });
}

/** The frame for such a document, which grants it no rights either. */
export function bodyFrame(address: string, width: string): Markup {
  return html`<iframe class="body width-${width}" title="The message" sandbox="${FRAME_RIGHTS}" referrerpolicy="no-referrer" src="${address}"></iframe>`;
}

const IMAGE = /^image\/[\w.+-]+/i;

const REMOTE_CONTENT =
  /(?:src|srcset|background|poster|href)\s{0,9}=\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|url\(\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|@import/i;

/** Whether the HTML seems to load something. A guess: it decides what the page offers, never what is allowed. */
export function hasRemoteContent(markup: string): boolean {
  return REMOTE_CONTENT.test(withoutLinks(markup));
}

/** Without the start tags of links. An expression for the whole tag would look for the end of each again and again. */
function withoutLinks(markup: string): string {
  const start = /<a\s/gi;
  const kept: string[] = [];
  let position = 0;
  for (let found = start.exec(markup); found; found = start.exec(markup)) {
    const end = markup.indexOf('>', start.lastIndex);
    if (end === -1) break;
    kept.push(markup.slice(position, found.index));
    position = end + 1;
    start.lastIndex = position;
  }
  return kept.join('') + markup.slice(position);
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
  const images = imagesById(attachments);
  const shown = new Map<SandboxAttachment, string>();
  let left = MAX_INLINE_CHARACTERS;
  return markup.replace(/(["'=(]\s{0,9})cid:([^\s"'()<>]+)/gi, (link, before: string, id: string) => {
    const image = images.get(id) ?? images.get(decodeId(id));
    if (image === undefined || image.size > left) return link;
    const url = shown.get(image) ?? dataUrl(image);
    shown.set(image, url);
    if (url.length > left) return link;
    left -= url.length;
    return `${before}${url}`;
  });
}

/** By content id; of two images with the same one, the first. */
function imagesById(attachments: readonly SandboxAttachment[]): Map<string, SandboxAttachment> {
  const images = new Map<string, SandboxAttachment>();
  for (const attachment of attachments) {
    const { contentId, contentType } = attachment;
    if (contentId === undefined || images.has(contentId) || !IMAGE.test(contentType)) continue;
    images.set(contentId, attachment);
  }
  return images;
}

function dataUrl({ contentType, content }: SandboxAttachment): string {
  const [type] = IMAGE.exec(contentType) ?? [];
  return `data:${type};base64,${content.toString('base64')}`;
}

function decodeId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
