import type { GraphTransportError } from '../errors/graph-transport-error';

/**
 * What is looked at on the way to a message that can be sent, in this order:
 *
 * - `entra`: Entra answers
 * - `tenant`, `app`, `secret`: Entra knows the tenant, the app in it, and the secret of the app
 * - `token`: there is a token, and it is the app's own
 * - `mail-send`, `mail-readwrite`: the token shows these permissions
 * - `sender`: the address that recipients see; told of only where it is in doubt
 * - `graph`: Graph answers, and takes the token
 * - `mailbox`: there is a mailbox of Exchange Online behind `userId`
 * - `access`: the app may send from it
 */
export type VerifyCheckName =
  | 'entra'
  | 'tenant'
  | 'app'
  | 'secret'
  | 'token'
  | 'mail-send'
  | 'mail-readwrite'
  | 'sender'
  | 'graph'
  | 'mailbox'
  | 'access';

/** One thing that was looked at, and how it was found. What could not be looked at is not told of. */
export interface VerifyCheck {
  /** What was looked at. */
  name: VerifyCheckName;
  /** Whether nothing speaks against sending; true also where there is only a warning. */
  ok: boolean;
  /** What may be wrong, or could not be found out. */
  warning?: string;
  /** What is wrong. */
  error?: GraphTransportError;
  /** What to do about warning or error. */
  hint?: string;
}

export function passed(name: VerifyCheckName): VerifyCheck {
  return { name, ok: true };
}

export function doubted(name: VerifyCheckName, warning: string, hint?: string): VerifyCheck {
  return { name, ok: true, warning, ...(hint !== undefined && { hint }) };
}

export function failed(name: VerifyCheckName, error: GraphTransportError): VerifyCheck {
  return { name, ok: false, error, ...(error.hint !== undefined && { hint: error.hint }) };
}
