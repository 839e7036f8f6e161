import { originFor } from '../own-hosts';
import type { SandboxSettings } from '../settings';
import { GraphRefusal } from './graph-answer';

/** How many things an answer holds by default, and the most that can be asked for. [rule: page-size] */
const PAGE = 10;
const LARGEST_PAGE = 1000;

/** Which part of a list is asked for. @throws GraphRefusal */
export function readPage({ $top, $skip }: { $top?: string; $skip?: string }): { top: number; skip: number } {
  return {
    top: readNumber('$top', $top, PAGE, 1, LARGEST_PAGE),
    skip: readNumber('$skip', $skip, 0, 0, Number.MAX_SAFE_INTEGER),
  };
}

/** The same request for what comes after. [rule: next-link] */
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
