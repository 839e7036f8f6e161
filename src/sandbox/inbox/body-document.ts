import type { SandboxAttachment, SandboxMessage } from '../mail/message';
import { foreignAnswer } from './inbox-answer';

/** Links may open a tab of their own, which is what one tests mails for. No scripts, no forms, no origin. */
export const FRAME_RIGHTS = 'allow-popups allow-popups-to-escape-sandbox';

const BLOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const REMOTE = [
  "default-src 'none'",
  "style-src 'unsafe-inline' http: https:",
  'img-src data: http: https:',
  'font-src data: http: https:',
  'media-src data: http: https:',
].join('; ');
const NO_RIGHTS = `base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${FRAME_RIGHTS}`;

/** One large image may be shown a thousand times. */
const MOST_INLINE_BYTES = 50_000_000;

/**
 * The HTML of a mail as a document without rights. What the policy forbids is not even asked for, so a mail cannot
 * tell that it was read, unless its reader wants remote content.
 */
export function bodyDocument({ body, attachments }: SandboxMessage, withRemote: boolean): Response {
  const markup = withInlineImages(withoutSideDoors(body.content, withRemote), attachments);
  // In its own tab, since nothing but this frame would be where a link leads otherwise.
  const document = `<!doctype html><base target="_blank">${markup}`;
  const policy = `${withRemote ? REMOTE : BLOCKED}; ${NO_RIGHTS}`;
  return foreignAnswer(document, 'text/html; charset=utf-8', policy, {
    'referrer-policy': 'no-referrer',
    'x-dns-prefetch-control': 'off',
  });
}

const REMOTE_CONTENT =
  /(?:src|srcset|background|poster|href)\s{0,9}=\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|url\(\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|@import/i;

/** Whether the HTML seems to fetch something. A guess: it decides what the page offers, never what is let through. */
export function hasRemoteContent(markup: string): boolean {
  return REMOTE_CONTENT.test(markup.replace(/<a\s[^>]{0,2000}>/gi, ''));
}

/**
 * A policy does not reach everything: for a frame that it forbids Chromium opens a connection before it looks, as
 * `<link rel="preconnect">` does by its nature, and a `<base>` or `<meta>` of the mail's would work beside ours. As
 * elements that no browser knows they do nothing.
 */
function withoutSideDoors(markup: string, withRemote: boolean): string {
  const names = `meta|base|i?frame|fencedframe|object|embed${withRemote ? '' : '|link'}`;
  return markup.replace(new RegExp(`<(${names})(?=[\\s/>])`, 'gi'), '<x-$1');
}

/** Puts the images in that the HTML shows by `cid:`; as data, so that nothing has to be fetched. */
function withInlineImages(markup: string, attachments: readonly SandboxAttachment[]): string {
  let leftBytes = MOST_INLINE_BYTES;
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
