/**
 * The known name that a wrong one was probably meant to be: one that differs in case only, or by one slip in four
 * letters.
 */
export function meantName<Name extends string>(wrong: string, known: readonly Name[]): Name | undefined {
  const lower = wrong.slice(0, 50).toLowerCase();
  const ranked = known
    .map((name) => ({ name, slips: slipsBetween(lower, name.toLowerCase()) }))
    .sort((one, other) => one.slips - other.slips);
  const [nearest] = ranked;
  return nearest && nearest.slips <= Math.max(1, Math.floor(nearest.name.length / 4))
    ? nearest.name
    : undefined;
}

/** Letters that are missing, added, wrong, or swapped with the next one. */
function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
