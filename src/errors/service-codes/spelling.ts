/**
 * A code in the form in which codes are compared. Services behind Graph spell one code in several ways: with
 * and without the prefix `Error`, in any case (`ErrorItemNotFound`, `itemNotFound`), and with white space in it
 * (`Service Unavailable`, in Microsoft's fault injector Dev Proxy).
 */
export function spelling(code: string): string {
  return code
    .toLowerCase()
    .replace(/\s+/g, '')
    .replace(/^error(?=.)/, '');
}
