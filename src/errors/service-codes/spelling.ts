/**
 * A code of the service as codes are compared. Services behind Graph write one code in several ways: with and without
 * the prefix `Error`, in any case (`ErrorItemNotFound`, `itemNotFound`), and with white space in it
 * (`Service Unavailable`, as Microsoft's fault injector Dev Proxy has it).
 */
export function spelling(code: string): string {
  return code
    .toLowerCase()
    .replace(/\s+/g, '')
    .replace(/^error(?=.)/, '');
}
