/** What Outlook for Windows does not render, in the way it is looked for in HTML. */
interface OutlookGap {
  what: string;
  looksLike: RegExp;
  /** The page of Can I email about it, which reports that Outlook for Windows does not support it. */
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
    what: 'background-image',
    looksLike: /background-image\s{0,9}:/i,
    source: page('css-background-image'),
  },
  { what: 'gradients', looksLike: /linear-gradient\(/i, source: page('css-linear-gradient') },
  { what: 'transform', looksLike: /[;"'{\s]transform\s{0,9}:/i, source: page('css-transform') },
  { what: 'variables', looksLike: /var\(\s{0,9}--/i, source: page('css-variables') },
  { what: 'calc()', looksLike: /\bcalc\(/i, source: page('css-unit-calc') },
  { what: '<form>', looksLike: /<form[\s>]/i, source: page('html-form') },
  { what: '<picture>', looksLike: /<picture[\s>]/i, source: page('html-picture') },
  { what: 'images as WebP', looksLike: /<img\b[^>]{0,2000}\.webp\b/i, source: page('image-webp') },
  {
    what: 'images as data: URLs, before Outlook 2019',
    looksLike: /src\s{0,9}=\s{0,9}["']?data:image\//i,
    source: page('image-base64'),
  },
];
