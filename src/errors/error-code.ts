/** The `code` of an error, as Node, Nodemailer and undici give their own; from whichever realm it comes. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A field of whatever was thrown. Errors of other transports, and of another copy of this package, have no class to check. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
