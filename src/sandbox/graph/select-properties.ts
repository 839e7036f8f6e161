import { ENTITY_TYPES } from './entity-types';
import { GraphRefusal } from './graph-answer';

/** Those that the table of types does not have are shown whole, so nothing of them has to be looked up. */
type ShownType = 'message' | 'fileAttachment' | 'mailFolder' | 'user';

/**
 * Of what the sandbox knows about an entity, the properties that `$select` names, in any case. Some
 * are shown only when they are named.
 */
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
  // Outlook always shows the id, the directory only when it is asked for it.
  const always = type === 'user' ? [] : ['id'];
  const names = new Set([...always, ...asked].map((name) => spellings.get(name.toLowerCase()) ?? name));
  return Object.fromEntries([...names].map((name) => [name, propertyOf(name, type, all)]));
}

function propertyOf(name: string, type: ShownType, all: ReadonlyMap<string, unknown>): unknown {
  if (all.has(name)) return all.get(name);
  const isKnown = type === 'message' || type === 'fileAttachment' ? ENTITY_TYPES[type] : {};
  if (Object.hasOwn(isKnown, name)) {
    throw new GraphRefusal(
      'not-played',
      501,
      'notSupported',
      `The sandbox does not show the property '${name}'.`,
    );
  }
  throw noSuchProperty(name, type);
}

/** A property that `$select`, `$filter` or `$orderby` names and the type does not have. */
export function noSuchProperty(name: string, type: string): GraphRefusal {
  return new GraphRefusal(
    'select-unknown',
    400,
    'BadRequest',
    `Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
  );
}
