import { GraphRefusal, notImplemented } from '../http/graph-refusal';
import { originFor } from '../own-hosts';
import { ENTITY_TYPES } from '../schema/entity-types';
import type { SandboxSettings } from '../settings';

/** OData's other query options, which the service supports. */
const OF_ODATA = new Set([
  ...['$apply', '$compute', '$count', '$deltatoken', '$expand', '$filter', '$format', '$index', '$levels'],
  ...['$orderby', '$search', '$select', '$skip', '$skiptoken', '$top'],
]);

/** The values of the query options that are supported here. @throws GraphRefusal if there are others */
export function readQueryOptions<Name extends string>(
  request: Request,
  played: readonly Name[],
): Partial<Record<Name, string>> {
  const { searchParams } = new URL(request.url);
  const options: Partial<Record<Name, string>> = {};
  for (const [given, value] of searchParams) {
    if (!given.startsWith('$')) continue;
    const name = played.find((known) => known === given.toLowerCase());
    if (name === undefined) throw notRead(given);
    options[name] ??= value;
  }
  return options;
}

function notRead(name: string): GraphRefusal {
  return OF_ODATA.has(name.toLowerCase())
    ? notImplemented(`${name} here`)
    : new GraphRefusal('query-unknown', 400, 'BadRequest', `The query parameter '${name}' is not supported.`);
}

/** The default and the maximum number of items in an answer. [rule: page-size] */
const PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 1000;

/** The part of a list that a request asks for. @throws GraphRefusal */
export function readPage({ $top, $skip }: { $top?: string; $skip?: string }): { top: number; skip: number } {
  return {
    top: readNumber('$top', $top, PAGE_SIZE, 1, MAX_PAGE_SIZE),
    skip: readNumber('$skip', $skip, 0, 0, Number.MAX_SAFE_INTEGER),
  };
}

/** The URL of the page that starts there. [rule: next-link] */
export function nextLink(request: Request, settings: SandboxSettings, skip: number): string {
  const { pathname, searchParams } = new URL(request.url);
  for (const name of [...searchParams.keys()]) if (/^\$skip$/i.test(name)) searchParams.delete(name);
  searchParams.set('$skip', `${skip}`);
  return `${originFor(request, settings.graphEndpoint, settings)}${pathname}?${searchParams}`;
}

function readNumber(
  name: string,
  text: string | undefined,
  byDefault: number,
  smallest: number,
  largest: number,
): number {
  if (text === undefined) return byDefault;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= smallest && number <= largest) return number;
  throw new GraphRefusal(
    'query-number',
    400,
    'BadRequest',
    `Invalid value '${text}' for the query option ${name}.`,
  );
}

/** The types that are not in the table are always shown whole. */
type ShownType = 'message' | 'fileAttachment' | 'mailFolder' | 'user';

/** The properties that `$select` names, in any case, or the usual ones. Some are shown only when named. */
export function selectProperties(
  type: ShownType,
  usual: Readonly<Record<string, unknown>>,
  onRequest: Readonly<Record<string, unknown>>,
  select: string | undefined,
): object {
  if (select === undefined) return usual;
  const all = new Map(Object.entries({ ...usual, ...onRequest }));
  const spellings = new Map([...all.keys()].map((name) => [name.toLowerCase(), name]));
  const asked = select.split(',').map((name) => name.trim());
  // Outlook always shows the id; the directory shows it only when asked.
  const always = type === 'user' ? [] : ['id'];
  const names = new Set([...always, ...asked].map((name) => spellings.get(name.toLowerCase()) ?? name));
  return Object.fromEntries([...names].map((name) => [name, propertyOf(name, type, all)]));
}

function propertyOf(name: string, type: ShownType, all: ReadonlyMap<string, unknown>): unknown {
  if (all.has(name)) return all.get(name);
  const isKnown = type === 'message' || type === 'fileAttachment' ? ENTITY_TYPES[type] : {};
  if (Object.hasOwn(isKnown, name)) {
    throw notImplemented(`showing the property '${name}'`);
  }
  throw noSuchProperty(name, type);
}

/** Refuses a property in `$select`, `$filter` or `$orderby` that the type does not have. */
export function noSuchProperty(name: string, type: string): GraphRefusal {
  return new GraphRefusal(
    'select-unknown',
    400,
    'BadRequest',
    `Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
  );
}
