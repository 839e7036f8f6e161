/**
 * The text with A to Z in lower case and everything else unchanged. `toLowerCase` would turn the KELVIN SIGN
 * (U+212A) into a k, and so mistake one mailbox for another.
 */
export function asciiLowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
