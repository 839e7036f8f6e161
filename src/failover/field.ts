/** A field of whatever was thrown. Errors of other transports, and of another copy of this package, have no class to check. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
