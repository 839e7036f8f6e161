/**
 * A copy of an object that has the object's own properties and inherits nothing: what another library was tricked into
 * putting on `Object.prototype` is no option of ours.
 */
export function ownProperties<T extends object>(object: T): T {
  return Object.assign(Object.create(null), object);
}
