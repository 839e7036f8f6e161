import { GraphRefusal } from './graph-answer';

/** A word of a `$filter`: a quoted text without its quotes, a time, a number, a name or path, or a sign. */
export interface FilterToken {
  kind: 'text' | 'time' | 'number' | 'name' | 'sign';
  text: string;
}

const TIME =
  '\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d))?(?![\\w:.-])';
const TOKEN = new RegExp(
  // In a text of OData a quote is doubled.
  `\\s*(?:'(?<text>(?:[^']|'')*)'|(?<time>${TIME})|(?<number>-?\\d+(?:\\.\\d+)?)(?![\\w.-])` +
    '|(?<name>[A-Za-z_]\\w*(?:/[A-Za-z_]\\w*)*)|(?<sign>[(),:]))\\s*',
  'y',
);

/** @throws GraphRefusal given what no words are made of */
export function filterTokens(filter: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  const expression = new RegExp(TOKEN);
  while (expression.lastIndex < filter.length) {
    const { text, time, number, name, sign } = expression.exec(filter)?.groups ?? {};
    if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'") });
    else if (time !== undefined) tokens.push({ kind: 'time', text: time });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw invalidFilter();
  }
  return tokens;
}

/** The one sentence that the service has for all of these. */
export function invalidFilter(): GraphRefusal {
  return new GraphRefusal('filter-invalid', 400, 'BadRequest', 'Invalid filter clause');
}
