import { ADDRESS_HEADERS, isCertainAddressList, parseAddresses } from './address';
import { decodeBytes, decodeWords } from './decode-text';
import type { HeaderBlock } from './header-block';
import type { MailHeader } from './mail-content';

/** Who is in these is for the envelope to decide. */
const NAMES_RECIPIENTS: ReadonlySet<string> = new Set(['to', 'cc', 'bcc', 'resent-to', 'resent-cc']);

/** The headers of a message, decoded. */
export function toHeaders({ fields }: HeaderBlock): MailHeader[] {
  return fields.map(({ key, name, value }) => {
    const bytes = decodeBytes(value.replaceAll('\t', ' '));
    const words = decodeWords(bytes.text);
    // Addresses are told apart before encoded words become commas and brackets.
    const isAddress = ADDRESS_HEADERS.some((header) => header === key);
    const isGuess =
      isAddress && !NAMES_RECIPIENTS.has(key) && value !== '' && !isCertainAddressList(bytes.text);
    const guess = isGuess ? 'text that is not a list of addresses' : undefined;
    const addresses = isAddress ? parseAddresses(bytes.text, bytes.fault !== undefined) : [];
    return { key, name, value: words.text, fault: bytes.fault ?? words.fault ?? guess, addresses };
  });
}
