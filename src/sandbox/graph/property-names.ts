import { DERIVED_TYPES, ENTITY_TYPES } from './entity-types';
import { GraphRefusal } from './graph-answer';

// Maps, since a request may name a property `constructor`, which every plain object has.
const ENTITIES = new Map<string, ReadonlyMap<string, string>>(
  Object.entries(ENTITY_TYPES).map(([name, properties]) => [name, new Map(Object.entries(properties))]),
);
const DERIVED = new Map<string, readonly string[]>(Object.entries(DERIVED_TYPES));
/** For each type its properties by their names in small letters, each as the table spells it first. */
const SPELLINGS = new Map<string, ReadonlyMap<string, string>>(
  [...ENTITIES].map(([type, properties]) => [
    type,
    new Map([...properties.keys()].reverse().map((name) => [name.toLowerCase(), name])),
  ]),
);
const TYPE_ANNOTATION = '@odata.type';

/**
 * JSON whose properties have the names of the type's table: the service reads them in any case, and Microsoft's own
 * sample writes `Message`, `Subject` and `ContentBytes`. [rule: names-in-any-case] What is of no type of the table
 * stays as it is. @throws GraphRefusal RequestBodyRead given one name in two spellings
 */
export function withDeclaredNames(value: unknown, declared: string): unknown {
  const type = declared.replace(/!$/, '');
  const item = /^Collection\((.+)\)$/.exec(type)?.[1];
  if (Array.isArray(value))
    return item === undefined ? value : value.map((each) => withDeclaredNames(each, item));
  if (typeof value !== 'object' || value === null) return value;
  const own = ownType(value, type);
  const spellings = SPELLINGS.get(own);
  if (spellings === undefined) return value;
  const named = new Map<string, unknown>();
  for (const [given, property] of Object.entries(value)) {
    const isAnnotation = given.toLowerCase() === TYPE_ANNOTATION;
    const name = isAnnotation ? TYPE_ANNOTATION : (spellings.get(given.toLowerCase()) ?? given);
    if (named.has(name)) throw repeated(given);
    named.set(name, withDeclaredNames(property, ENTITIES.get(own)?.get(name) ?? ''));
  }
  return Object.fromEntries(named);
}

/** By its annotation where the place is for an abstract type, else that of the place. */
function ownType(value: object, declared: string): string {
  const derived = DERIVED.get(declared);
  if (derived === undefined) return declared;
  const [, annotation] = Object.entries(value).find(([name]) => name.toLowerCase() === TYPE_ANNOTATION) ?? [];
  return String(annotation).replace(/^#?microsoft\.graph\./, '');
}

/** What the service makes of one name in two spellings is not known; to guess would hide a fault of the client. */
function repeated(name: string): GraphRefusal {
  return new GraphRefusal(
    'property-twice',
    400,
    'RequestBodyRead',
    `Multiple properties with the name '${name}' were detected. Names are read without regard to case.`,
  );
}
