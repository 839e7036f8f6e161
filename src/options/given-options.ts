/** No secret is this short, but `gcc-high` and `10 min` are. */
const MAX_SHOWN = 10;
/** Enough for any number; a function is cut off. */
const MAX_OTHER = 30;
/** What a name may look like: a secret contains digits or symbols, or is longer. */
const NAME = /^[a-z_$]{1,30}$/i;

/** A wrong value as an error may quote it. A longer text may be a secret given for the wrong option. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= MAX_SHOWN ? JSON.stringify(value) : `a text of ${value.length} characters`;
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, MAX_OTHER);
}

/** The name of an unknown option, as an error may quote it. */
export function shownName(name: string): string {
  return NAME.test(name) ? name : `(a name of ${name.length} characters)`;
}

/** An address as an error may quote it. Text without an @ may be anything. */
export function shownAddress(address: string): string {
  return address.includes('@') && address.length <= MAX_ADDRESS ? `"${address}"` : 'a text';
}

/** The most characters of an address (RFC 5321, section 4.5.3.1.3). */
const MAX_ADDRESS = 254;

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

/**
 * A copy of an object with only its own properties, inheriting nothing. If another library was tricked into
 * adding something to `Object.prototype`, that is not one of our options.
 */
export function ownProperties<T extends object>(object: T): T {
  return Object.assign(Object.create(null), object);
}
