/** The `code` of an error, as Node, Nodemailer and undici give their own; from whichever realm it comes. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
