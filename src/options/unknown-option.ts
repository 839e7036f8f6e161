import { shownName } from './shown-value';

/** How much of a name may be misspelt before it is no longer taken for another. */
const MAX_MISSPELT = 0.4;

/**
 * What is wrong with a name that is none of the options: the option that was probably meant, or all of them if
 * none is spelled like it.
 *
 * @param within the option that holds these, and a dot: `retry.`
 */
export function unknownOption(name: string, known: readonly string[], within = ''): string {
  const shown = shownName(name);
  const what = shown === name ? `"${within}${name}"` : `${within}${shown}`;
  const meant = nearest(name, known);
  return meant === undefined
    ? `Unknown option ${what}. The options are ${known.map((option) => within + option).join(', ')}.`
    : `Unknown option ${what}. Did you mean "${within}${meant}"?`;
}

/** A sentence with all problems, and after it those that are sentences of their own. */
export function problemsText(start: string, problems: readonly string[]): string {
  const isSentence = (problem: string) => problem.startsWith('Unknown option ');
  const clauses = problems.filter((problem) => !isSentence(problem));
  const sentence = clauses.length > 0 ? `${start}: ${clauses.join('; ')}.` : `${start}.`;
  return [sentence, ...problems.filter(isSentence)].join(' ');
}

/** The known name that is spelled most like this one, if any is. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const mayDiffer = (option: string) => MAX_MISSPELT * Math.max(name.length, option.length);
  const [best] = known
    // Texts whose lengths differ by more cannot be near: this also keeps a very long name cheap.
    .filter((option) => Math.abs(name.length - option.length) <= mayDiffer(option))
    .map((option) => ({ option, distance: editDistance(name.toLowerCase(), option.toLowerCase()) }))
    .filter(({ option, distance }) => distance <= mayDiffer(option))
    .sort((one, other) => one.distance - other.distance);
  return best?.option;
}

/** How many letters must be inserted, left out, replaced or swapped with the next to turn one text into the other. */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[line - 1] === other[at - 1];
      const isSwapped = one[line - 1] === other[at - 2] && one[line - 2] === other[at - 1];
      next.push(
        Math.min(
          (row[at - 1] ?? 0) + (isSame ? 0 : 1),
          (row[at] ?? 0) + 1,
          (next[at - 1] ?? 0) + 1,
          isSwapped ? (before[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
