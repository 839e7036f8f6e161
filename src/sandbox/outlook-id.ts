import { randomBytes } from 'node:crypto';

/** An id in the form of Exchange: case counts, and a path takes its `=` encoded or not. */
export function outlookId(): string {
  return `AAMk${randomBytes(33).toString('base64url')}AA=`;
}
