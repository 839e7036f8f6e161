import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two secrets; the time it takes says nothing about how much of a guess was right, nor its length. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
