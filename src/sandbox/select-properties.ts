import { ENTITY_TYPES } from './entity-types';
import { GraphRefusal } from './graph-answer';

/** A folder is shown whole, so nothing of it has to be looked up. */
type ShownType = 'message' | 'fileAttachment' | 'mailFolder';

/**
 * Of what the sandbox knows about an entity, the properties that `$select` names, and always the id. Some are shown
 * only when they are named.
 */
export function selectProperties(
  type: ShownType,
  usual: Readonly<Record<string, unknown>>,
  onRequest: Readonly<Record<string, unknown>>,
  select: string | undefined,
): object {
  if (select === undefined) return usual;
  const all = new Map(Object.entries({ ...usual, ...onRequest }));
  const names = new Set(['id', ...select.split(',').map((name) => name.trim())]);
  return Object.fromEntries([...names].map((name) => [name, propertyOf(name, type, all)]));
}

function propertyOf(name: string, type: ShownType, all: ReadonlyMap<string, unknown>): unknown {
  if (all.has(name)) return all.get(name);
  if (type !== 'mailFolder' && Object.hasOwn(ENTITY_TYPES[type], name)) {
    throw new GraphRefusal(
      'not-played',
      501,
      'notSupported',
      `The sandbox does not show the property '${name}'.`,
    );
  }
  throw new GraphRefusal(
    'select-unknown',
    400,
    'BadRequest',
    `Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
  );
}
