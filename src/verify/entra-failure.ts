import type { GraphTransportError } from '../errors';
import { failed, passed, type VerifyCheck, type VerifyCheckName } from './verify-check';

/**
 * What Entra looks at, in its order: a refusal on account of one says that those before it were in order.
 * Codes: Microsoft Entra documentation, docs/identity-platform/reference-error-codes.md.
 */
const ORDER: { name: VerifyCheckName; codes: number[] }[] = [
  { name: 'tenant', codes: [90002, 90019, 90038, 90124, 90130, 900023, 900382, 900432, 9001023] },
  { name: 'app', codes: [70001, 700011, 700016, 7000112] },
  { name: 'secret', codes: [70002, 7000215, 7000218, 7000222] },
];

/** What a failure to get a token tells. */
export function entraFailure(error: GraphTransportError, withSecret: boolean): VerifyCheck[] {
  const aadsts = Number(/^AADSTS(\d+)$/.exec(error.graphCode ?? '')?.[1]);
  if (Number.isNaN(aadsts)) return [failed(withSecret ? 'entra' : 'token', error)];
  const found = ORDER.findIndex(({ codes }) => codes.includes(aadsts));
  const sound = ORDER.slice(0, Math.max(found, 0)).map(({ name }) => passed(name));
  return [passed('entra'), ...sound, failed(ORDER[found]?.name ?? 'token', error)];
}
