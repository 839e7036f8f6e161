/**
 * A copy of an object with only its own properties, inheriting nothing. If another library was tricked into
 * adding something to `Object.prototype`, that is not one of our options.
 */
export function ownProperties<T extends object>(object: T): T {
  return Object.assign(Object.create(null), object);
}
