import type { MailAddress } from './address';

/** A header of the message as it was written, decoded. */
export interface MailHeader {
  /** Name in lower case. */
  key: string;
  /** Name as written. */
  name: string;
  /** Value unfolded, encoded words decoded, trimmed. */
  value: string;
  /** What of the value is lost by decoding it, in words. */
  fault: string | undefined;
  /** The mailboxes that it names, if it is one of `ADDRESS_HEADERS`. */
  addresses: readonly MailAddress[];
}
