import type { GraphTransportErrorCode, Outcome } from '../graph-transport-error';

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

/**
 * A code in the form in which codes are compared. Services behind Graph spell one code in several ways: with
 * and without the prefix `Error`, in any case (`ErrorItemNotFound`, `itemNotFound`), and with white space in it
 * (`Service Unavailable`, in Microsoft's fault injector Dev Proxy).
 */
export function spelling(code: string): string {
  return code
    .toLowerCase()
    .replace(/\s/g, '')
    .replace(/^error(?=.)/, '');
}
