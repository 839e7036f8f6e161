import type { MailHeader } from './mail-content';

/** Why a message does not go into JSON whole, in the order in which the reasons weigh. */
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

/** Something of a message that Graph's JSON has no place for. */
export interface Loss {
  because: LossReason;
  /** What would be lost, in words. */
  what: string;
  /** The header that is lost, if it is one: a draft may carry it as a property. */
  header?: MailHeader;
}
