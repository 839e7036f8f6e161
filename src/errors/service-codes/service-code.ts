import type { GraphTransportErrorCode, Outcome } from '../graph-transport-error';

export type { Outcome } from '../graph-transport-error';

/** What one of the service's codes means to an app that uses Nodemailer, and what to do about it. */
export interface ServiceCode {
  code: GraphTransportErrorCode;
  outcome: Outcome;
  /** What to do, in a sentence. */
  hint: string;
  /** Microsoft's page about it. */
  link: string;
  /** Whether it asks for fewer requests, rather than reporting a fault. */
  throttles?: true;
  /** Whether it says so little that a specific status says more. */
  generic?: true;
}

/** A row of codes that mean the same, as the service is known to spell them. */
export interface ServiceCodeRow extends ServiceCode {
  codes: readonly string[];
}
