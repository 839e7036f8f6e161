/**
 * The segments of a path, percent-decoded, where a key in parentheses (`users('x')`) is a segment of its own, as if it
 * stood behind a slash. Undefined given a path that cannot be decoded. [rule: key-in-parentheses]
 */
export function pathSegments(path: string): string[] | undefined {
  try {
    // Split first, decoded after: a mailbox whose name holds an encoded slash stays one segment.
    return path.slice(1).split('/').map(decodeURIComponent).flatMap(splitKey);
  } catch {
    return undefined;
  }
}

function splitKey(segment: string): string[] {
  const [, name, key] = /^(\w+)\('((?:[^']|'')*)'\)$/.exec(segment) ?? [];
  return name === undefined || key === undefined ? [segment] : [name, key.replaceAll("''", "'")];
}

/** A name that may be qualified: `microsoft.graph.sendMail` is `sendMail`. In small letters. [rule: action-namespace] */
export function plainName(segment: string): string {
  return segment.toLowerCase().replace(/^microsoft\.graph\./, '');
}
