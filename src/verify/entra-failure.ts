import type { GraphTransportError } from '../errors/graph-transport-error';
import { ENTRA_ORDER, entraCode } from '../errors/service-codes';
import { ClientSecretError } from '../options/client-secret';
import { failed, passed, type VerifyCheck } from './verify-check';

/** What a failure to get a token tells. */
export function entraFailure(error: GraphTransportError, withSecret: boolean): VerifyCheck[] {
  if (error instanceof ClientSecretError) return [failed('secret', error)];
  const aadsts = Number(/^AADSTS(\d+)$/.exec(error.graphCode ?? '')?.[1]);
  if (Number.isNaN(aadsts)) return [failed(withSecret ? 'entra' : 'token', error)];
  const about = entraCode(aadsts)?.about;
  const sound = about === undefined ? [] : ENTRA_ORDER.slice(0, ENTRA_ORDER.indexOf(about)).map(passed);
  return [passed('entra'), ...sound, failed(about ?? 'token', error)];
}
