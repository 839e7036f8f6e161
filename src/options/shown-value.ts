/** No secret is as short as that; `gcc-high` and `10 min` are. */
const MAX_SHOWN = 10;
/** Numbers have fewer digits; a function is not shown whole. */
const MAX_OTHER = 30;
/** What a name may be: a secret has digits or signs in it, or is longer. */
const NAME = /^[a-z_$]{1,30}$/i;

/** A wrong value as an error may show it: a longer text may be a secret that was put in the wrong place. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= MAX_SHOWN ? JSON.stringify(value) : `a text of ${value.length} characters`;
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, MAX_OTHER);
}

/** The name of something that is no option, as an error may show it. */
export function shownName(name: string): string {
  return NAME.test(name) ? name : `(a name of ${name.length} characters)`;
}

/** An address as an error may show it: what has no @ may be anything. */
export function shownAddress(address: string): string {
  return address.includes('@') && address.length <= MAX_ADDRESS ? `"${address}"` : 'a text';
}

/** Most characters of an address (RFC 5321, section 4.5.3.1.3). */
const MAX_ADDRESS = 254;
