import { GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property } from './answer-error';

/** A page of a list, as Graph answers it. */
export interface ListPage<T> {
  items: T[];
  /** The path of the next page; undefined on the last. */
  next: string | undefined;
}

/** @throws GraphTransportError if it is no page of such items */
export function readPage<T>(body: string, toItem: (item: unknown) => T): ListPage<T> {
  const answer = parseJson(body);
  const value = property(answer, 'value');
  if (!Array.isArray(value)) throw garbledAnswer();
  return { items: value.map((item) => toItem(item)), next: pathOf(property(answer, '@odata.nextLink')) };
}

/** Ignores the link's host, so that the token goes only to our endpoint, whatever the link says. */
function pathOf(nextLink: unknown): string | undefined {
  if (nextLink === undefined || nextLink === null) return undefined;
  if (typeof nextLink !== 'string' || !URL.canParse(nextLink)) throw garbledAnswer();
  const { pathname, search } = new URL(nextLink);
  return pathname + search;
}

/** A text of an item. Undefined also if it is empty: an empty text says nothing, and Exchange writes it for what it does not know. */
export function textOf(item: unknown, name: string): string | undefined {
  const text = property(item, name);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** An answer with the right status that cannot be parsed: the request may well have been carried out. */
export function garbledAnswer(): GraphTransportError {
  return new GraphTransportError('ECONNECTION', "The answer of Graph breaks off, or is not one of Graph's.", {
    outcome: 'unknown',
    hint: 'Is there a proxy or gateway in between?',
  });
}
