import type { MailHeader } from './mail-header';

/** Why JSON cannot carry a message whole, most important reason first. */
export type LossReason =
  | 'encrypted'
  | 'signed'
  | 'report'
  | 'invitation'
  | 'alternative'
  | 'structure'
  | 'encoding'
  | 'charset'
  | 'control-characters'
  | 'several-from'
  | 'receipt-address'
  | 'content-location'
  | 'header'
  | 'too-many-headers';

/** Something in a message that Graph's JSON cannot carry. */
export interface Loss {
  because: LossReason;
  /** What would be lost, in words. */
  what: string;
  /** The header that is lost, if it is one: a draft may carry it as a property. */
  header?: MailHeader;
}
