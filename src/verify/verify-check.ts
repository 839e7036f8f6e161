import type { getLogger } from 'nodemailer/lib/shared';
import type { GraphTransportError } from '../errors/graph-transport-error';
import { errorWithoutSecrets, type Strike } from '../errors/without-secrets';

/**
 * What `verify()` checks on the way to a message that can be sent, in this order:
 *
 * - `entra`: Entra answers
 * - `tenant`, `app`, `secret`: Entra knows the tenant, the app in it, and the secret of the app
 * - `token`: there is a token, and it is the app's own
 * - `mail-send`, `mail-readwrite`: the token shows these permissions
 * - `sender`: the address that recipients see; included only if there is a warning about it
 * - `graph`: Graph answers, and accepts the token
 * - `mailbox`: there is an Exchange Online mailbox behind `userId`
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

/** One thing that was checked, and the result. What could not be checked is left out. */
export interface VerifyCheck {
  /** What was checked. */
  name: VerifyCheckName;
  /** Whether nothing prevents sending; also true if there is only a warning. */
  ok: boolean;
  /** What may be wrong, or could not be determined. */
  warning?: string;
  /** What is wrong. */
  error?: GraphTransportError;
  /** What to do about the warning or error. */
  hint?: string;
}

/** A check that found nothing wrong. */
export function passed(name: VerifyCheckName): VerifyCheck {
  return { name, ok: true };
}

/** A check that found something that may be wrong. */
export function doubted(name: VerifyCheckName, warning: string, hint?: string): VerifyCheck {
  return { name, ok: true, warning, ...(hint !== undefined && { hint }) };
}

/** A check that found something wrong. */
export function failed(name: VerifyCheckName, error: GraphTransportError): VerifyCheck {
  return { name, ok: false, error, ...(error.hint !== undefined && { hint: error.hint }) };
}

/** The check with secrets removed from its error, warning and hint. */
export function checkWithoutSecrets(check: VerifyCheck, strike: Strike): VerifyCheck {
  const { error, warning, hint } = check;
  return {
    ...check,
    ...(error !== undefined && { error: errorWithoutSecrets(error, strike) }),
    ...(warning !== undefined && { warning: strike(warning) }),
    ...(hint !== undefined && { hint: strike(hint) }),
  };
}

/** Logs the result of a verification: one line for each warning, and one for the end. */
export function logChecks(logger: ReturnType<typeof getLogger>, checks: readonly VerifyCheck[]): void {
  for (const { name, warning, hint } of checks) {
    if (warning === undefined) continue;
    logger.warn(
      { tnx: 'verify', check: name },
      'Verified %s with a warning: %s %s',
      name,
      warning,
      hint ?? '',
    );
  }
  const wrong = checks.find(({ ok }) => !ok);
  if (wrong) {
    const { name, error } = wrong;
    logger.error({ tnx: 'verify', check: name, err: error }, 'Verifying %s failed: %s', name, error?.message);
  } else {
    logger.info({ tnx: 'verify' }, 'Verified: %s', checks.map(({ name }) => name).join(', '));
  }
}
