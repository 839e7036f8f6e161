import { SendTimeout } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import type { GraphClient } from '../graph/client';
import type { ResolvedOptions } from '../options/resolved-options';
import { checkSender } from './check-sender';
import { checkToken } from './check-token';
import { entraFailure } from './entra-failure';
import { probeGraph } from './probe-graph';
import { probeMailbox } from './probe-mailbox';
import { readTokenClaims } from './token-claims';
import { failed, passed, type VerifyCheck } from './verify-check';

/** What is checked, and with what. */
export interface Verification {
  options: ResolvedOptions;
  tokens: { fresh(signal: AbortSignal): Promise<string> };
  client: GraphClient;
  signal: AbortSignal;
}

/**
 * Checks everything that sending a message requires, up to the first thing that is wrong, without sending one.
 * Each request is made once.
 */
export async function verify(verification: Verification): Promise<VerifyCheck[]> {
  const checks = await runChecks(verification);
  return checks.map((check) => (check.error ? failed(check.name, asCheckError(check.error)) : check));
}

async function runChecks({ options, tokens, client, signal }: Verification): Promise<VerifyCheck[]> {
  const withSecret = options.identity.kind === 'secret';
  let token: string;
  try {
    token = await tokens.fresh(signal);
  } catch (error) {
    if (!(error instanceof GraphTransportError)) throw error;
    return entraFailure(error, withSecret);
  }
  const claims = readTokenClaims(token);
  const checks = [
    ...(withSecret ? (['entra', 'tenant', 'app', 'secret'] as const).map(passed) : []),
    ...checkToken(claims, options),
  ];
  if (checks.some(({ ok }) => !ok)) return checks;
  checks.push(...checkSender(options));
  const { userId } = options;
  const answers =
    typeof userId === 'string'
      ? await probeMailbox(client, userId.trim(), claims, signal)
      : await probeGraph(client, claims, signal);
  return [...checks, ...answers];
}

/**
 * Words the error as one of a check: nothing was to be sent, so nothing is in doubt, and the check can be
 * repeated.
 */
function asCheckError(error: GraphTransportError): GraphTransportError {
  const { cause } = error;
  if (cause instanceof SendTimeout) {
    const message = `The check took longer than the timeout, ${cause.timeoutMs} ms.`;
    return new GraphTransportError('ETIMEDOUT', message, { outcome: 'not-accepted', cause });
  }
  if (error.code === 'EABORT') return new GraphTransportError('EABORT', 'The check was aborted.', { cause });
  if (outcomeOf(error) !== 'unknown') return error;
  const hint = error.responseCode === undefined ? error.hint : 'Nothing was sent: check again later.';
  return error.with({ outcome: 'not-accepted', hint });
}
