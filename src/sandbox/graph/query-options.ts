import { GraphRefusal } from './graph-answer';

/** The other query options of OData, which the service knows. */
const OF_ODATA = new Set([
  ...['$apply', '$compute', '$count', '$deltatoken', '$expand', '$filter', '$format', '$index', '$levels'],
  ...['$orderby', '$search', '$select', '$skip', '$skiptoken', '$top'],
]);

/** The values of OData's query options, given those that the sandbox plays here. @throws GraphRefusal */
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
    ? new GraphRefusal('not-played', 501, 'notSupported', `The sandbox does not play ${name} here.`)
    : new GraphRefusal('query-unknown', 400, 'BadRequest', `The query parameter '${name}' is not supported.`);
}
