import { parseJson, property } from '../graph/json-property';

/** What an access token says of itself, as far as sending mail is concerned. */
export interface TokenClaims {
  /** Application permissions. */
  roles: string[];
  /** Delegated permissions, of an app that acts for a signed-in user; undefined in a token of an app alone. */
  scopes: string[] | undefined;
  /** The names of the signed-in user: object id and user principal name. */
  user: string[];
}

/**
 * Reads the claims of a token; undefined when it is not a JWT. Nobody but Graph can tell whether the token is
 * genuine, and nobody else needs to: what is read here serves to explain, not to grant.
 */
export function readTokenClaims(token: string): TokenClaims | undefined {
  const [, payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString());
  if (typeof claims !== 'object' || claims === null) return undefined;
  const roles = property(claims, 'roles');
  const scopes = property(claims, 'scp');
  return {
    roles: Array.isArray(roles) ? roles.map(String) : [],
    scopes: typeof scopes === 'string' ? scopes.split(' ').filter(Boolean) : undefined,
    user: ['oid', 'upn', 'unique_name', 'preferred_username']
      .map((name) => property(claims, name))
      .filter((name) => typeof name === 'string'),
  };
}
