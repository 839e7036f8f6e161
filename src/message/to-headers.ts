import { ADDRESS_HEADERS, parseAddresses } from './address';
import { decodeBytes, decodeWords } from './decode-text';
import type { HeaderBlock } from './header-block';
import type { MailHeader } from './mail-content';

/** The headers of a message, decoded. */
export function toHeaders({ fields }: HeaderBlock): MailHeader[] {
  return fields.map(({ key, name, value }) => {
    const bytes = decodeBytes(value.replaceAll('\t', ' '));
    const words = decodeWords(bytes.text);
    // Addresses are told apart before encoded words become commas and brackets.
    const isAddress = ADDRESS_HEADERS.some((header) => header === key);
    const addresses = isAddress ? parseAddresses(bytes.text, bytes.fault !== undefined) : [];
    return { key, name, value: words.text, fault: bytes.fault ?? words.fault, addresses };
  });
}
