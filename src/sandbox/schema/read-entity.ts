import { GraphRefusal, notImplemented } from '../http/graph-refusal';
import {
  type BodyName,
  DERIVED_TYPES,
  ENTITY_TYPES,
  ENUM_TYPES,
  type JsonValue,
  type PrimitiveName,
} from './entity-types';

/**
 * Checks JSON against a type of the table, at every depth, and spells its properties as the table does.
 * @throws GraphRefusal RequestBodyRead
 */
export function readEntity<Name extends BodyName>(value: unknown, type: Name): JsonValue<Name> {
  const named = withDeclaredNames(value, type);
  checkEntity(named, type);
  return named;
}

function checkEntity<Name extends BodyName>(value: unknown, type: Name): asserts value is JsonValue<Name> {
  checkValue(value, `${type}!`, `The request body is of type 'microsoft.graph.${type}'. It`);
}

// Maps, since a request may name a property `constructor`, which every plain object has.
const ENTITIES = new Map<string, Map<string, string>>(
  Object.entries(ENTITY_TYPES).map(([name, properties]) => [name, new Map(Object.entries(properties))]),
);
const DERIVED = new Map<string, readonly string[]>(Object.entries(DERIVED_TYPES));
const ENUMS = new Map<string, readonly string[]>(Object.entries(ENUM_TYPES));

/** Types that the service accepts and the table lacks. The request is not at fault. */
const NOT_PLAYED = ['referenceAttachment', 'event', 'contact'];

const PRIMITIVE_CHECKS: Record<PrimitiveName, (value: unknown) => boolean> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  BooleanOrText: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  Int32: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  Int64: (value) => Number.isSafeInteger(value),
  Binary: (value) => typeof value === 'string' && decodeBase64(value) !== undefined,
  DateTimeOffset: (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(value),
  Untyped: () => true,
};
const PRIMITIVES = new Map<string, (value: unknown) => boolean>(Object.entries(PRIMITIVE_CHECKS));

/** `where` starts the sentence of a refusal, which ends with what is accepted there. */
function checkValue(value: unknown, declared: string, where: string): void {
  const type = declared.replace(/!$/, '');
  const item = /^Collection\((.+)\)$/.exec(type)?.[1];
  if (value === null) {
    if (declared === type && item === undefined) return;
    throw unreadable(`${where} does not take null.`);
  }
  const allowed = ENUMS.get(type);
  const isPrimitive = PRIMITIVES.get(type);
  if (item !== undefined) {
    if (!Array.isArray(value)) throw unreadable(`${where} takes a list, not ${show(value)}.`);
    for (const element of value) checkValue(element, `${item}!`, where);
  } else if (isPrimitive) {
    if (!isPrimitive(value)) throw unreadable(`${where} takes Edm.${type}, not ${show(value)}.`);
  } else if (allowed) {
    const isAllowed = (text: string) => allowed.some((name) => name.toLowerCase() === text.toLowerCase());
    if (typeof value !== 'string' || !isAllowed(value)) {
      throw unreadable(`${where} takes ${allowed.join(', ')}, not ${show(value)}.`);
    }
  } else {
    checkObject(value, type, where);
  }
}

function checkObject(value: unknown, declaredType: string, where: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(`${where} takes an object, not ${show(value)}.`);
  }
  const type = typeOf(value, declaredType, where);
  for (const [name, property] of Object.entries(value)) {
    // OData annotations are not properties of the type.
    if (name.includes('@')) continue;
    const declared = ENTITIES.get(type)?.get(name);
    if (declared === undefined) {
      throw unreadable(
        `The property '${name}' does not exist on type 'microsoft.graph.${type}'. Make sure to only use ` +
          'property names that are defined by the type or mark the type as open type.',
      );
    }
    checkValue(property, declared, `The property '${name}' of type 'microsoft.graph.${type}'`);
  }
}

/** The type that the value's `@odata.type` names. It is required only where the declared type is abstract. */
function typeOf(value: object, declaredType: string, where: string): string {
  const annotation: unknown = '@odata.type' in value ? value['@odata.type'] : undefined;
  const derived = DERIVED.get(declaredType);
  if (annotation === undefined && derived === undefined) return declaredType;
  const name = String(annotation).replace(/^#?microsoft\.graph\./, '');
  if (NOT_PLAYED.includes(name)) {
    throw notImplemented(`microsoft.graph.${name}`);
  }
  const takes = derived ?? [declaredType];
  if (takes.includes(name)) return name;
  throw unreadable(
    `${where} takes the @odata.type #microsoft.graph.${takes.join(' or #microsoft.graph.')}, not ${show(annotation)}.`,
  );
}

function unreadable(message: string): GraphRefusal {
  return new GraphRefusal('body-schema', 400, 'RequestBodyRead', message);
}

/** Truncated, since the value may be a whole attachment. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}

/** Each type's properties by their names in lower case. If two differ only in case, the first in the table wins. */
const SPELLINGS = new Map<string, ReadonlyMap<string, string>>(
  [...ENTITIES].map(([type, properties]) => [
    type,
    new Map([...properties.keys()].reverse().map((name) => [name.toLowerCase(), name])),
  ]),
);
const TYPE_ANNOTATION = '@odata.type';

/**
 * Renames properties to the spelling of the table: the service reads names in any case, and Microsoft's own sample
 * writes `Message`, `Subject` and `ContentBytes`. [rule: names-in-any-case] Types that are not in the table are left
 * alone. @throws GraphRefusal RequestBodyRead if a name occurs in two spellings
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

/** By its annotation if the declared type is abstract; otherwise the declared type. */
function ownType(value: object, declared: string): string {
  const derived = DERIVED.get(declared);
  if (derived === undefined) return declared;
  const [, annotation] = Object.entries(value).find(([name]) => name.toLowerCase() === TYPE_ANNOTATION) ?? [];
  return String(annotation).replace(/^#?microsoft\.graph\./, '');
}

/** The service's behaviour is unknown, and guessing would hide a bug in the client. */
function repeated(name: string): GraphRefusal {
  return new GraphRefusal(
    'property-twice',
    400,
    'RequestBodyRead',
    `Multiple properties with the name '${name}' were detected. Names are read without regard to case.`,
  );
}

/**
 * Decodes strict base64; undefined for anything else. Buffer.from also accepts the URL alphabet, missing padding and
 * more, so only text that encodes back to itself counts.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
