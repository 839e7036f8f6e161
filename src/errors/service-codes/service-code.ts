import type { GraphTransportErrorCode, Outcome } from '../graph-transport-error';

export type { Outcome } from '../graph-transport-error';

/** What a code of the service means to an app on Nodemailer, and what to do about it. */
export interface ServiceCode {
  code: GraphTransportErrorCode;
  outcome: Outcome;
  /** What to do, in a sentence. */
  hint: string;
  /** Microsoft's page on it. */
  link: string;
  /** Whether it asks for fewer requests, rather than says that something is out of order. */
  throttles?: true;
  /** Whether it says so little that a status with a meaning of its own says more. */
  generic?: true;
}

/** Codes that mean the same, in the spelling in which the service is known to write them. */
export interface ServiceCodeRow extends ServiceCode {
  codes: readonly string[];
}
