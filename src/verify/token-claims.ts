import { parseJson, property } from '../graph/json-property';

/** What an access token says about sending mail. */
export interface TokenClaims {
  /** Application permissions. */
  roles: string[];
  /** Delegated permissions, of an app that acts for a signed-in user; undefined in an app's own token. */
  scopes: string[] | undefined;
  /** The names of the signed-in user: object id and user principal name. */
  user: string[];
}

/**
 * Reads the claims of a token; undefined if it is not a JWT. Only Graph can tell whether the token is genuine,
 * and that is enough: the claims are used here to explain a result, not to grant access.
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
