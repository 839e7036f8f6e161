import { SendTimeout } from '../errors/abort';
import { GraphTransportError, outcomeOf } from '../errors/graph-transport-error';
import { ENTRA_ORDER, entraCode } from '../errors/service-codes/entra-codes';
import type { GraphClient } from '../graph/client';
import { ClientSecretError } from '../options/client-secret';
import type { ResolvedOptions } from '../options/resolved-options';
import { checkToken, readTokenClaims } from './check-token';
import { probeGraph, probeMailbox } from './probes';
import { doubted, failed, passed, type VerifyCheck } from './verify-check';

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
    ...(withSecret ? (['entra', ...ENTRA_ORDER] as const).map(passed) : []),
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

/** What a failure to get a token shows about each check. */
function entraFailure(error: GraphTransportError, withSecret: boolean): VerifyCheck[] {
  if (error instanceof ClientSecretError) return [failed('secret', error)];
  const { graphCode } = error;
  if (!graphCode?.startsWith('AADSTS')) return [failed(withSecret ? 'entra' : 'token', error)];
  const about = entraCode(graphCode)?.about;
  const sound = about === undefined ? [] : ENTRA_ORDER.slice(0, ENTRA_ORDER.indexOf(about)).map(passed);
  return [passed('entra'), ...sound, failed(about ?? 'token', error)];
}

/**
 * A warning about the address that recipients see, if there is a reason for one. Since June 2026, Microsoft is
 * reported to bounce mail of tenants whose onmicrosoft.com addresses write to more than 100 outside
 * recipients a day (550 5.7.236). Microsoft's own pages about it were not read.
 */
function checkSender({ from, userId }: ResolvedOptions): VerifyCheck[] {
  const sender = from?.address ?? (typeof userId === 'string' ? userId.trim() : '');
  if (!/\.onmicrosoft\.com$/i.test(sender)) return [];
  return [
    doubted(
      'sender',
      `Messages come from ${sender}: addresses at onmicrosoft.com are meant for trials, and a tenant's mail from them to more than 100 recipients outside it a day is reported to bounce (550 5.7.236).`,
      'Add a domain of your own in the Microsoft 365 admin center and send from an address there.',
    ),
  ];
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
