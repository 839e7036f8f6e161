import { GraphRefusal } from './graph-answer';
import type { MessageFilter } from './message-filter';
import { type MessageProperty, messageProperty, type ShownMessage, shownValue } from './message-property';

interface Key {
  property: MessageProperty;
  isDescending: boolean;
}

/** Reads an `$orderby`, beside the filter that it has to agree with. @throws GraphRefusal */
export function readMessageOrder(
  orderBy: string,
  filter: MessageFilter | undefined,
): (one: ShownMessage, other: ShownMessage) => number {
  const keys = orderBy.split(',').map(readKey);
  if (filter) checkAgainst(filter, keys);
  return (one, other) => {
    for (const { property, isDescending } of keys) {
      const [a, b] = [comparable(one, property), comparable(other, property)];
      if (a !== b) return a < b === isDescending ? 1 : -1;
    }
    return 0;
  };
}

function readKey(text: string): Key {
  const [, path, direction = 'asc'] = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(text) ?? [];
  if (path === undefined) {
    throw new GraphRefusal('order-invalid', 400, 'BadRequest', `Invalid OrderBy clause '${text.trim()}'.`);
  }
  return { property: messageProperty(path, '$orderby'), isDescending: /^desc$/i.test(direction) };
}

/** The properties of the order stand in the filter, in the same order and before all others. */
function checkAgainst(filter: MessageFilter, keys: readonly Key[]): void {
  const filtered = [...new Set(filter.properties)];
  if (keys.every(({ property }, place) => filtered[place] === property.path)) return;
  throw new GraphRefusal(
    'order-in-filter',
    400,
    'InefficientFilter',
    'The restriction or sort order is too complex for this operation.',
  );
}

function comparable(shown: ShownMessage, property: MessageProperty): string | number | boolean {
  const value = shownValue(shown, property);
  return typeof value === 'string' ? value.toLowerCase() : value;
}
