import { checkPropertyId, propertyKey, shownPropertyId } from '../mail/extended-properties';
import { GraphRefusal } from './graph-answer';

const TEXT = "'((?:[^']|'')*)'";
const EXPAND = new RegExp(
  `^singleValueExtendedProperties ?\\(\\$filter ?= ?id eq ${TEXT}(?: or id eq ${TEXT})*\\)$`,
  'i',
);

/** What `$expand` adds to a message: the extended properties that it names, where the message has them. [rule: expand-properties] */
export function expandProperties(
  expand: string,
  properties: readonly { id: string; value: string }[],
): object {
  const wanted = new Set(wantedProperties(expand).map(propertyKey));
  const found = properties.filter(({ id }) => wanted.has(propertyKey(id)));
  if (found.length === 0) return {};
  return {
    singleValueExtendedProperties: found.map(({ id, value }) => ({ id: shownPropertyId(id), value })),
  };
}

/** The ids that an `$expand` names. @throws GraphRefusal given anything but the documented form, with a property id or several */
export function wantedProperties(expand: string): string[] {
  if (!EXPAND.test(expand)) {
    throw new GraphRefusal(
      'not-played',
      501,
      'notSupported',
      `The sandbox does not play the $expand ${expand}`,
    );
  }
  const ids = [...expand.matchAll(new RegExp(`id eq ${TEXT}`, 'gi'))].map(([, id = '']) =>
    id.replaceAll("''", "'"),
  );
  for (const id of ids) checkPropertyId(id);
  return ids;
}
