import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that every page loads, and their types. */
const TYPES = {
  'script.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
type Name = keyof typeof TYPES;

export interface PublicFile {
  text: string;
  contentType: string;
}

const read = new Map<Name, PublicFile>();

/** Reads a file once, when a browser first asks for it: most sandboxes run in tests, which never open a page. */
export function publicFile(name: Name): PublicFile | undefined {
  const file = read.get(name) ?? readPublicFile(name);
  if (file !== undefined) read.set(name, file);
  return file;
}

function readPublicFile(name: Name): PublicFile | undefined {
  try {
    return { text: readFileSync(join(__dirname, 'public', name), 'utf8'), contentType: TYPES[name] };
  } catch {
    // A bundle of the app may lack the files, and one in ESM has no __dirname. The pages work without them.
    return undefined;
  }
}
