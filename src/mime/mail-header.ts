import { ADDRESS_HEADERS, type MailAddress, readMailboxes } from './address';
import { decodeBytes, decodeWords } from './decode-text';
import type { HeaderBlock } from './header-block';

/** A header of the message, as written and decoded. */
export interface MailHeader {
  /** Name in lower case. */
  key: string;
  /** Name as written. */
  name: string;
  /** Value unfolded, with encoded words decoded, trimmed. */
  value: string;
  /** What decoding loses of the value, in words. */
  fault: string | undefined;
  /** The mailboxes in it, if it is one of `ADDRESS_HEADERS`. */
  addresses: readonly MailAddress[];
}

const ADDRESSES: ReadonlySet<string> = new Set(ADDRESS_HEADERS);
/** The envelope decides who receives the message, not these. */
const NAMES_RECIPIENTS: ReadonlySet<string> = new Set(['to', 'cc', 'bcc', 'resent-to', 'resent-cc']);

/** The headers of a message, decoded. */
export function toHeaders({ fields }: HeaderBlock): MailHeader[] {
  return fields.map(({ key, name, value }) => {
    const bytes = decodeBytes(value.replaceAll('\t', ' '));
    const words = decodeWords(bytes.text);
    // Addresses are separated before encoded words are decoded, which may produce commas and brackets.
    const fault = bytes.fault ?? words.fault;
    if (!ADDRESSES.has(key)) return { key, name, value: words.text, fault, addresses: [] };
    const { mailboxes, isCertain } = readMailboxes(bytes.text, bytes.fault !== undefined);
    const isGuess = !isCertain && value !== '' && !NAMES_RECIPIENTS.has(key);
    const guess = isGuess ? 'text that is not a list of addresses' : undefined;
    return { key, name, value: words.text, fault: fault ?? guess, addresses: mailboxes };
  });
}
