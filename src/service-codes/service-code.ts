import type { GraphTransportErrorCode, Outcome } from '../errors';

export type { Outcome } from '../errors';

/** What a code of the service means to an app on Nodemailer, and what to do about it. */
export interface ServiceCode {
  code: GraphTransportErrorCode;
  outcome: Outcome;
  /** What to do, in a sentence. */
  hint: string;
  /** Microsoft's page on it. */
  link: string;
}

/** Codes that mean the same, in the spelling in which the service is known to write them. */
export interface ServiceCodeRow extends ServiceCode {
  codes: readonly string[];
}
