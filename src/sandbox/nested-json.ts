/** The default limit of OData's own reader, and far more than any message needs. */
const MAX_DEPTH = 100;

/**
 * Parses JSON. Code that later walks through the value, such as JSON.stringify, uses some of the stack for each level,
 * which JSON.parse does not.
 *
 * @throws SyntaxError if it is not JSON
 * @throws RangeError if it is nested too deeply
 */
export function parseNestedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, MAX_DEPTH)) throw new RangeError(`The JSON is nested more than ${MAX_DEPTH} deep`);
  return value;
}

/** Goes level by level, without recursion, and no deeper than it has to. */
function isDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; depth < levels; depth += 1) {
    const below: unknown[] = [];
    for (const each of level) {
      if (typeof each !== 'object' || each === null) continue;
      for (const inner of Object.values(each)) below.push(inner);
    }
    if (below.length === 0) return false;
    level = below;
  }
  return level.some((each) => typeof each === 'object' && each !== null);
}
