import { parseEnv } from 'node:util';

const QUOTES = ["'", '"', '`'] as const;

type Variables = Readonly<Record<string, string>>;

/** Where in a variables file the value of a variable is, including its quotes. */
interface Value {
  name: string;
  start: number;
  end: number;
}

/**
 * The text of a `.env` file with these variables changed in place, or added at the end. Everything else stays
 * the same: other lines, comments, quotes, line endings, and whether the last line has one. Undefined if a
 * reader would not see the new values, or would see other variables change.
 */
export function mergeEnv(text: string, variables: Variables): string | undefined {
  if (Object.values(variables).some((value) => QUOTES.every((quote) => value.includes(quote))))
    return undefined;
  // Other names are what Node makes of a tab, a byte order mark or a line that is not an assignment.
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
  // Lines go at the top if the end of the file would spoil them, as a line without a name does.
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

/**
 * Finds values as Node reads them: a quoted value may span lines, and an unclosed quote is an ordinary
 * character.
 */
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

/** The value in the existing quotes if they can hold it, otherwise in quotes that can. */
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
