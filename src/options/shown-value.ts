/** No secret is this short, but `gcc-high` and `10 min` are. */
const MAX_SHOWN = 10;
/** Enough for any number; a function is cut off. */
const MAX_OTHER = 30;
/** What a name may look like: a secret contains digits or symbols, or is longer. */
const NAME = /^[a-z_$]{1,30}$/i;

/** A wrong value as an error may quote it. A longer text may be a secret given for the wrong option. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= MAX_SHOWN ? JSON.stringify(value) : `a text of ${value.length} characters`;
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, MAX_OTHER);
}

/** The name of an unknown option, as an error may quote it. */
export function shownName(name: string): string {
  return NAME.test(name) ? name : `(a name of ${name.length} characters)`;
}

/** An address as an error may quote it. Text without an @ may be anything. */
export function shownAddress(address: string): string {
  return address.includes('@') && address.length <= MAX_ADDRESS ? `"${address}"` : 'a text';
}

/** The most characters of an address (RFC 5321, section 4.5.3.1.3). */
const MAX_ADDRESS = 254;
