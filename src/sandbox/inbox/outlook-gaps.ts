/** What Outlook for Windows does not render, in the way it is looked for in HTML. */
interface OutlookGap {
  what: string;
  looksLike: RegExp;
  /** The page of Can I email about it. The list is ours: compare it with the page before relying on it. */
  source: string;
}

const page = (feature: string) => `https://www.caniemail.com/features/${feature}/`;

/** A short list: what mails use most of what the classic Outlook for Windows, which renders with Word, leaves out. */
export const OUTLOOK_GAPS: readonly OutlookGap[] = [
  {
    what: 'display: flex',
    looksLike: /display\s{0,9}:\s{0,9}(?:inline-)?flex/i,
    source: page('css-display-flex'),
  },
  {
    what: 'display: grid',
    looksLike: /display\s{0,9}:\s{0,9}(?:inline-)?grid/i,
    source: page('css-display-grid'),
  },
  {
    what: 'position',
    looksLike: /[;"'{\s]position\s{0,9}:\s{0,9}(?:absolute|fixed|relative|sticky)/i,
    source: page('css-position'),
  },
  { what: 'border-radius', looksLike: /border-radius\s{0,9}:/i, source: page('css-border-radius') },
  { what: 'box-shadow', looksLike: /box-shadow\s{0,9}:/i, source: page('css-box-shadow') },
  { what: 'opacity', looksLike: /[;"'{\s]opacity\s{0,9}:/i, source: page('css-opacity') },
  { what: 'animation', looksLike: /[;"'{\s]animation(?:-name)?\s{0,9}:/i, source: page('css-animation') },
  { what: '@media', looksLike: /@media\b/i, source: page('css-at-media') },
  { what: '<svg>', looksLike: /<svg[\s>]/i, source: page('html-svg') },
  { what: '<video>', looksLike: /<video[\s>]/i, source: page('html-video') },
  {
    what: 'images as data: URLs',
    looksLike: /src\s{0,9}=\s{0,9}["']?data:image\//i,
    source: page('image-base64'),
  },
];
