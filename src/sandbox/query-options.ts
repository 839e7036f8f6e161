import { GraphRefusal } from './graph-answer';

/** The values of OData's query options, given those that the sandbox plays here. @throws GraphRefusal */
export function readQueryOptions<Name extends string>(
  request: Request,
  played: readonly Name[],
): Partial<Record<Name, string>> {
  const { searchParams } = new URL(request.url);
  for (const name of searchParams.keys()) {
    if (!name.startsWith('$') || played.some((known) => known === name)) continue;
    throw new GraphRefusal('not-played', 501, 'notSupported', `The sandbox does not play ${name} here.`);
  }
  const options: Partial<Record<Name, string>> = {};
  for (const name of played) {
    const value = searchParams.get(name);
    if (value !== null) options[name] = value;
  }
  return options;
}
