/** RFC 5321 allows 320 characters; written in escapes they take more. */
const MAX_ADDRESS = 1000;

/**
 * The address in a field such as Final-Recipient: without its type (`rfc822;`), comments and brackets, and with
 * the escapes of RFC 6533 (`\x{E9}`) decoded. Undefined if it is no mail address.
 */
export function addressIn(field: string | undefined): string | undefined {
  const text = (field ?? '').slice(0, MAX_ADDRESS).replace(/^\s*[\w-]+\s*;\s*/, '');
  const [, inBrackets] = /<([^<>]*)>/.exec(text) ?? [];
  const plain = (inBrackets ?? text.replace(/\s*\([^()]*\)\s*$/, ''))
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^'(.*)'$/, '$1')
    .replace(/\\x\{([\da-f]{2,6})\}/gi, (written: string, hex: string) => {
      const point = Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : written;
    });
  const address = plain.includes('@') ? plain : plain.replace(/\+40/, '@');
  return isAddress(address) ? address : undefined;
}

/** Whether it is one mail address, in ASCII or not. A local part in quotes may contain anything. */
export function isAddress(text: string): boolean {
  return /^(?:"[^"\r\n]+"|[^\s"<>()[\]:;,@]+)@(?:[^\s"<>()[\]:;,@]+|\[[^\s[\]]+\])$/.test(text);
}

/** Addresses in running text, each once. */
export function addressesIn(text: string): string[] {
  const found = text.match(/[^\s"'<>()[\]:;,@]+@[^\s"'<>()[\]:;,@]+/g) ?? [];
  return [...new Set(found.map((address) => address.replace(/[.!?]+$/, '')).filter(isAddress))];
}

/** The name in a field such as Remote-MTA: without its type (`dns;`) and without a comment. */
export function serverIn(field: string | undefined): string | undefined {
  const name = (field ?? '')
    .replace(/^\s*[\w-]+\s*;\s*/, '')
    .replace(/\s*\(.*$/, '')
    .trim()
    .replace(/\.$/, '');
  return name === '' ? undefined : name.slice(0, MAX_ADDRESS);
}

/** A Message-ID in a field, with its `<>`; the last one of several. */
export function messageIdIn(field: string | undefined): string | undefined {
  return (field ?? '').match(/<[^<>\s]+>/g)?.at(-1);
}
