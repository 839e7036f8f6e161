import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What every page links to. The first has the colours and what all pages share. */
export const STYLE_SHEETS = ['style.css', 'page.css', 'list.css', 'message.css', 'views.css', 'tables.css'];
/** The first is the one that pages name; it imports the others. */
const SCRIPTS = ['script.js', 'dom.js', 'frame.js', 'tabs.js', 'keys.js', 'choices.js'];

/** The files that every page loads, and their types. */
const TYPES = new Map([
  ...STYLE_SHEETS.map((name) => [name, 'text/css; charset=utf-8'] as const),
  ...SCRIPTS.map((name) => [name, 'text/javascript; charset=utf-8'] as const),
  ['icon.svg', 'image/svg+xml'] as const,
]);

export interface PublicFile {
  text: string;
  contentType: string;
}

const read = new Map<string, PublicFile>();

/** Reads a file once, when a browser first asks for it: most sandboxes run in tests, which never open a page. */
export function publicFile(name: string): PublicFile | undefined {
  const file = read.get(name) ?? readPublicFile(name);
  if (file !== undefined) read.set(name, file);
  return file;
}

function readPublicFile(name: string): PublicFile | undefined {
  const contentType = TYPES.get(name);
  if (contentType === undefined) return undefined;
  try {
    return { text: readFileSync(join(__dirname, 'public', name), 'utf8'), contentType };
  } catch {
    // A bundle of the app may lack the files, and one in ESM has no __dirname. The pages work without them.
    return undefined;
  }
}
