import type { MailAddress } from './address';

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
