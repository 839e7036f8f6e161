import { parseEnv } from 'node:util';

const QUOTES = ["'", '"', '`'] as const;

type Variables = Readonly<Record<string, string>>;

/** A place in a file of variables that holds the value of one, with its quotes. */
interface Value {
  name: string;
  start: number;
  end: number;
}

/**
 * The text of a `.env` file with these variables changed where they stand, or added at the end. All the rest stays as
 * it is: other lines, comments, quotes, line ends, and whether the last line has one. Undefined when no reader would
 * see the variables there, or other variables would change.
 */
export function mergeEnv(text: string, variables: Variables): string | undefined {
  if (Object.values(variables).some((value) => QUOTES.every((quote) => value.includes(quote))))
    return undefined;
  // Names of other kinds are what Node makes of a tab, a byte order mark or a line that is none of a variable.
  const others = Object.entries(parseEnv(text)).filter(
    ([name]) => /^[\w.-]+$/.test(name) && !(name in variables),
  );
  const isGood = (merged: string) => {
    const after = parseEnv(merged);
    return [...others, ...Object.entries(variables)].every(([name, value]) => after[name] === value);
  };
  const changed = withValues(text, variables);
  const seen = parseEnv(changed);
  const missing = Object.entries(variables).filter(([name, value]) => seen[name] !== value);
  const lines = missing.map(([name, value]) => `${name}=${quoted(value)}`);
  // At the top where the end of the file spoils what follows it, as a line without a name does.
  return [withLinesAfter(changed, lines), withLinesBefore(changed, lines)].find(isGood);
}

/** The lines of a new file. */
export function toLines(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join('');
}

function withValues(text: string, variables: Variables): string {
  let merged = '';
  let done = 0;
  for (const { name, start, end } of valuesIn(text)) {
    const value = variables[name];
    if (value === undefined) continue;
    merged += text.slice(done, start) + quoted(value, text.charAt(start));
    done = end;
  }
  return merged + text.slice(done);
}

/** As Node reads them: a quote that is closed somewhere may span lines, and one that is not closed is a character. */
function valuesIn(text: string): Value[] {
  const values: Value[] = [];
  const assignment = /^(?:\u00ef\u00bb\u00bf)?[ \t]*(?:export[ \t]+)?([^\s#=][^\n=]*?)[ \t]*=[ \t]*/gm;
  for (let match = assignment.exec(text); match; match = assignment.exec(text)) {
    const start = assignment.lastIndex;
    const quote = /["'`]/.test(text.charAt(start)) ? text.charAt(start) : undefined;
    const closing = quote === undefined ? -1 : text.indexOf(quote, start + 1);
    const line = text.slice(start).split('\n', 1)[0] ?? '';
    const bare = /^[^#]*?(?=[ \t\r]*(?:#|$))/.exec(line)?.[0] ?? '';
    const end = closing === -1 ? start + bare.length : closing + 1;
    values.push({ name: match[1] ?? '', start, end });
    assignment.lastIndex = Math.max(end, text.indexOf('\n', end));
    if (text.indexOf('\n', end) === -1) break;
  }
  return values;
}

/** In the quotes that were there, if they hold the value; else in those that it needs. */
function quoted(value: string, before = ''): string {
  const fits = (quote: string) => !value.includes(quote) && (quote !== '"' || !value.includes('\\'));
  if (/["'`]/.test(before) && fits(before)) return before + value + before;
  if (/^[\w.:/@+~-]*$/.test(value)) return value;
  const quote = QUOTES.find(fits) ?? '';
  return quote + value + quote;
}

function withLinesAfter(text: string, lines: readonly string[]): string {
  if (lines.length === 0) return text;
  const lineEnd = lineEndOf(text);
  if (text === '' || text.endsWith('\n')) return text + lines.map((line) => line + lineEnd).join('');
  return [text, ...lines].join(lineEnd);
}

function withLinesBefore(text: string, lines: readonly string[]): string {
  return lines.map((line) => line + lineEndOf(text)).join('') + text;
}

function lineEndOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
