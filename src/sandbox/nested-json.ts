/** As deep as OData's own reader goes by default, and far deeper than any message. */
const MAX_DEPTH = 100;

/**
 * The value of a JSON text. Whatever walks through it afterwards, JSON.stringify included, takes some of the stack for
 * each level, which JSON.parse does not.
 *
 * @throws SyntaxError given a text that is no JSON
 * @throws RangeError given one that is nested too deeply
 */
export function parseNestedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isDeeper(value, MAX_DEPTH)) throw new RangeError(`The JSON is nested more than ${MAX_DEPTH} deep`);
  return value;
}

/** Level by level, without any stack, and no deeper than it has to. */
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
