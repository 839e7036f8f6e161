import type { SandboxSettings } from '../settings';
import { bearerChallenge, GraphRefusal, INVALID_TOKEN } from './graph-answer';

/** 401 that tells which claims the client is to ask Entra for. */
export function claimsChallenge(
  claims: string,
  settings: Pick<SandboxSettings, 'authorityHost'>,
): GraphRefusal {
  const more = { error: 'insufficient_claims', claims: Buffer.from(claims).toString('base64') };
  return new GraphRefusal(
    'claims-challenge',
    401,
    INVALID_TOKEN,
    'Continuous access evaluation asks for another token.',
    { 'www-authenticate': bearerChallenge(settings, more) },
  );
}

/** Are the demanded claims among those of a token request, which may ask for others besides? */
export function hasClaims(given: unknown, demanded: unknown): boolean {
  if (typeof demanded !== 'object' || demanded === null) return given === demanded;
  if (typeof given !== 'object' || given === null) return false;
  const properties = new Map<string, unknown>(Object.entries(given));
  return Object.entries(demanded).every(([name, value]) => hasClaims(properties.get(name), value));
}
