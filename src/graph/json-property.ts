/** What a text of JSON stands for; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A property of an object of an answer. Services behind Graph differ in the case of names: `innerError`,
 * `innererror` (Microsoft Graph documentation, concepts/errors.md).
 */
export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
