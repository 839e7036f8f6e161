/**
 * A text with A to Z in lower case, and nothing else of it changed. `toLowerCase` would take the KELVIN SIGN (U+212A)
 * for a k and so one mailbox for another.
 */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
