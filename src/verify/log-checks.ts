import type { getLogger } from 'nodemailer/lib/shared';
import type { VerifyCheck } from './verify-check';

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
