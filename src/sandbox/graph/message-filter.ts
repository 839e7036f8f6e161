import { GraphRefusal, notImplemented } from '../http/graph-refusal';
import { checkPropertyId, isSameProperty, propertyKey } from '../mail/extended-properties';
import type { MessageContent } from '../mail/message';
import { MESSAGE_CLASS, messageClassOf } from '../mail/message-class';
import { type MessageProperty, messageProperty, type ShownMessage, shownValue } from './message-property';

/** Whether a message passes the filter. */
type Matches = (shown: ShownMessage, content: MessageContent) => boolean;

export interface MessageFilter {
  matches: Matches;
  /** The paths it refers to, in order. */
  properties: readonly string[];
}

/** More levels than anyone writes. Each uses some of the stack. */
const MAX_DEPTH = 100;

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/**
 * Reads a `$filter`: comparisons of properties, `contains` and `startswith`, an extended property by id and value, and
 * combinations of these with `and`, `or`, `not` and parentheses. [rule: search-by-message-id] @throws GraphRefusal
 */
export function readMessageFilter(filter: string): MessageFilter {
  const tokens = filterTokens(filter);
  const properties: string[] = [];
  /** Cached: a filter may name hundreds of properties, and a message may have tens of thousands. */
  const pairs = new WeakMap<MessageContent['extendedProperties'], ReadonlySet<string>>();
  let at = 0;

  /** Takes the next token if it is of that kind and, if words are given, one of them. */
  function take(kind: FilterToken['kind'], ...words: string[]): string | undefined {
    const token = tokens[at];
    if (token?.kind !== kind) return undefined;
    const text = kind === 'name' ? token.text.toLowerCase() : token.text;
    if (words.length > 0 && !words.includes(text)) return undefined;
    at += 1;
    return token.text;
  }

  function need(kind: FilterToken['kind'], ...words: string[]): string {
    const text = take(kind, ...words);
    if (text === undefined) throw invalidFilter();
    return text;
  }

  function any(depth: number): Matches {
    const parts = [all(depth)];
    while (take('name', 'or') !== undefined) parts.push(all(depth));
    return (...message) => parts.some((matches) => matches(...message));
  }

  function all(depth: number): Matches {
    const parts = [one(depth)];
    while (take('name', 'and') !== undefined) parts.push(one(depth));
    return (...message) => parts.every((matches) => matches(...message));
  }

  function one(depth: number): Matches {
    if (depth > MAX_DEPTH) throw invalidFilter();
    if (take('name', 'not') !== undefined) {
      const matches = one(depth + 1);
      return (...message) => !matches(...message);
    }
    if (take('sign', '(') !== undefined) {
      const matches = any(depth + 1);
      need('sign', ')');
      return matches;
    }
    const path = need('name');
    return take('sign', '(') === undefined ? comparison(path) : call(path);
  }

  function comparison(path: string): Matches {
    const property = messageProperty(path, '$filter');
    properties.push(property.path);
    const isRight = COMPARISONS[need('name', ...Object.keys(COMPARISONS)).toLowerCase()];
    const wanted = literal(property);
    return (shown) => isRight?.(compare(shownValue(shown, property), wanted)) === true;
  }

  function literal({ type }: MessageProperty): string | number | boolean {
    if (type === 'text') return need('text');
    return type === 'time'
      ? Date.parse(need('time'))
      : need('name', 'true', 'false').toLowerCase() === 'true';
  }

  function call(name: string): Matches {
    switch (name.toLowerCase()) {
      case 'singlevalueextendedproperties/any':
        return extendedProperty();
      case 'contains':
        return textFunction((text, part) => text.includes(part));
      case 'startswith':
        return textFunction((text, part) => text.startsWith(part));
      case 'endswith':
        throw new GraphRefusal(
          'filter-endswith',
          400,
          'ErrorInvalidUrlQueryFilter',
          'The query filter contains one or more invalid nodes.',
        );
      default:
        throw notImplemented(`the $filter ${filter}`);
    }
  }

  function textFunction(isRight: (text: string, part: string) => boolean): Matches {
    const property = messageProperty(need('name'), '$filter');
    if (property.type !== 'text') throw invalidFilter();
    properties.push(property.path);
    need('sign', ',');
    const part = need('text').toLowerCase();
    need('sign', ')');
    return (shown) => isRight(String(shownValue(shown, property)).toLowerCase(), part);
  }

  /**
   * `ep: ep/id eq 'id' and ep/value eq 'value'`: names are compared with case, values without. In place of the second
   * comparison, `startswith(ep/value, 'value')` and `contains` do as well.
   * [rule: search-by-property]
   */
  function extendedProperty(): Matches {
    properties.push('singleValueExtendedProperties');
    const variable = need('name').toLowerCase();
    need('sign', ':');
    const id = equal(`${variable}/id`);
    need('name', 'and');
    const call = take('name', 'startswith', 'contains')?.toLowerCase();
    const value = (call ? argument(`${variable}/value`) : equal(`${variable}/value`)).toLowerCase();
    need('sign', ')');
    checkPropertyId(id);
    if (call || isSameProperty(id, MESSAGE_CLASS)) {
      const isRight = (given: string) => {
        if (call === undefined) return given === value;
        return call === 'contains' ? given.includes(value) : given.startsWith(value);
      };
      return (_shown, content) => valuesOf(content, id).some((given) => isRight(given.toLowerCase()));
    }
    const wanted = pairKey(id, value);
    return (_shown, { extendedProperties }) => pairsOf(extendedProperties).has(wanted);
  }

  function pairsOf(extendedProperties: MessageContent['extendedProperties']): ReadonlySet<string> {
    const known = pairs.get(extendedProperties);
    if (known !== undefined) return known;
    const made = new Set(extendedProperties.map(({ id, value }) => pairKey(id, value.toLowerCase())));
    pairs.set(extendedProperties, made);
    return made;
  }

  function argument(path: string): string {
    need('sign', '(');
    need('name', path);
    need('sign', ',');
    const text = need('text');
    need('sign', ')');
    return text;
  }

  function equal(path: string): string {
    need('name', path);
    if (take('name', 'eq') === undefined) throw notImplemented(`the $filter ${filter}`);
    return need('text');
  }

  const matches = any(0);
  if (at < tokens.length) throw invalidFilter();
  return { matches, properties };
}

function valuesOf(content: MessageContent, id: string): string[] {
  if (isSameProperty(id, MESSAGE_CLASS)) return [messageClassOf(content)];
  return content.extendedProperties.filter((own) => isSameProperty(own.id, id)).map(({ value }) => value);
}

/** Unambiguous, since an id never contains a line break. */
function pairKey(id: string, value: string): string {
  return `${propertyKey(id)}\n${value}`;
}

function compare(one: string | number | boolean, other: string | number | boolean): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** One token of a `$filter`: a quoted text without its quotes, a time, a number, a name or path, or a sign. */
export interface FilterToken {
  kind: 'text' | 'time' | 'number' | 'name' | 'sign';
  text: string;
}

const TIME =
  '\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:\\d\\d))?(?![\\w:.-])';
const TOKEN = new RegExp(
  // OData doubles a quote within a text.
  `\\s*(?:'(?<text>(?:[^']|'')*)'|(?<time>${TIME})|(?<number>-?\\d+(?:\\.\\d+)?)(?![\\w.-])` +
    '|(?<name>[A-Za-z_]\\w*(?:/[A-Za-z_]\\w*)*)|(?<sign>[(),:]))\\s*',
  'y',
);

/** @throws GraphRefusal if a part of it is not a token */
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

/** The service uses one sentence for all of these. */
export function invalidFilter(): GraphRefusal {
  return new GraphRefusal('filter-invalid', 400, 'BadRequest', 'Invalid filter clause');
}
