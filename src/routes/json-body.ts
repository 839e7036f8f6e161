import { randomUUID } from 'node:crypto';

/** Below this JSON.stringify does as well. */
const LARGE = 16 * 1024;

/**
 * The same bytes as those of `JSON.stringify`, for values with large base64 in `contentBytes`: that is put in
 * as it is, instead of being looked through for characters to escape and then copied as text.
 */
export function jsonBody(value: object): Buffer {
  const mark = randomUUID();
  const contents: string[] = [];
  const json = JSON.stringify(value, (key, item: unknown) => {
    if (key !== 'contentBytes' || typeof item !== 'string' || item.length < LARGE) return item;
    contents.push(item);
    return mark;
  });
  const parts = json.split(mark).flatMap((text, index) => {
    const content = contents[index];
    return content === undefined ? [Buffer.from(text)] : [Buffer.from(text), Buffer.from(content, 'latin1')];
  });
  return Buffer.concat(parts);
}
