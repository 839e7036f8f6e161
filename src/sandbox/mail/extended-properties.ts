import { GraphRefusal } from '../http/graph-refusal';
import type { JsonEntity } from '../schema/entity-types';

const WHOLE_NUMBER = /^-?\d+$/;
const ANY_TEXT = /^/;

/** MAPI types that a property can have, and the form of a value of each. */
const VALUE_FORMS = new Map<string, RegExp>([
  ['ApplicationTime', ANY_TEXT],
  ['Binary', ANY_TEXT],
  ['Boolean', /^(?:true|false)$/i],
  ['CLSID', ANY_TEXT],
  ['Currency', ANY_TEXT],
  ['Double', ANY_TEXT],
  ['Float', ANY_TEXT],
  ['Integer', WHOLE_NUMBER],
  ['Long', WHOLE_NUMBER],
  ['Short', WHOLE_NUMBER],
  ['String', ANY_TEXT],
  ['SystemTime', ANY_TEXT],
]);

const GUID = '\\{[\\dA-Fa-f]{8}(?:-[\\dA-Fa-f]{4}){3}-[\\dA-Fa-f]{12}\\}';
const HEX = '0x[\\dA-Fa-f]{1,8}';
/** `String 0x1042`, `String {GUID} Name x` or `Integer {GUID} Id 0x8502`. */
const PROPERTY_ID = new RegExp(`^([A-Za-z]+) (?:0x[\\dA-Fa-f]{1,4}|${GUID} (?:Name \\S.*|Id ${HEX}))$`);

/** The single-value MAPI properties of a message. [rule: properties-on-drafts] */
export function readSingleValueProperties(
  properties: readonly JsonEntity<'singleValueLegacyExtendedProperty'>[] = [],
): { id: string; value: string }[] {
  return properties.map(({ id = '', value }) => {
    return { id, value: readValue(id, value, checkPropertyId(id)) };
  });
}

/** The form of values of the property. @throws GraphRefusal if the id is invalid */
export function checkPropertyId(id: string): RegExp {
  const form = VALUE_FORMS.get(typeOf(id));
  if (form === undefined) throw invalidId(id);
  return form;
}

/** Only checks them: they are visible in the `request` of a sent message. */
export function checkMultiValueProperties(
  properties: readonly JsonEntity<'multiValueLegacyExtendedProperty'>[] = [],
): void {
  for (const { id = '', value = [] } of properties) {
    const type = typeOf(id);
    const form = type.endsWith('Array') ? VALUE_FORMS.get(type.slice(0, -'Array'.length)) : undefined;
    if (form === undefined) throw invalidId(id);
    for (const element of value) readValue(id, element, form);
  }
}

/**
 * The id as the service spells it, without leading zeros: `Integer 0x0036` comes back as `Integer 0x36`.
 * [rule: property-id-zeros]
 */
export function shownPropertyId(id: string): string {
  return id.replace(/^(\w+(?: \{[^}]*\} Id)?) 0x0*(?=[\dA-Fa-f]+$)/i, '$1 0x');
}

/** Whether two ids name the same property. */
export function isSameProperty(one: string, other: string): boolean {
  return propertyKey(one) === propertyKey(other);
}

/** Equal for all ids of one property: names have case; types, GUIDs and numbers do not. */
export function propertyKey(id: string): string {
  const [, beforeName = id, name = ''] = /^(.*? Name )(.*)$/s.exec(id) ?? [];
  return shownPropertyId(beforeName).toLowerCase() + name;
}

function typeOf(id: string): string {
  return PROPERTY_ID.exec(id)?.[1] ?? '';
}

function readValue(id: string, value: string | null | undefined, form: RegExp): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw new GraphRefusal(
    'property-value',
    400,
    'ErrorInvalidExtendedPropertyValue',
    `The value of the extended property '${id}' is not of its type.`,
  );
}

function invalidId(id: string): GraphRefusal {
  return new GraphRefusal(
    'property-id',
    400,
    'ErrorInvalidExtendedProperty',
    `The extended property id '${id}' is not valid.`,
  );
}
