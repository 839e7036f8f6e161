import { type AccessTokens, unauthorized } from './access-token';
import { GraphRefusal } from './graph-answer';

/** The roles of the request's bearer token. */
export function authorize(headers: Headers, tokens: AccessTokens): readonly string[] {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (token === '') throw unauthorized('Access token is empty.');
  return tokens.check(token);
}

/**
 * One of the roles is enough. With Exchange's RBAC for Applications a token may do without; the sandbox has no such
 * scopes, so here the role decides.
 */
export function requireRole(roles: readonly string[], ...allowed: string[]): void {
  if (roles.length === 0) {
    throw new GraphRefusal(
      403,
      'NoPermissionsInAccessToken',
      'The token contains no permissions, or permissions can not be understood.',
    );
  }
  if (!allowed.some((role) => roles.includes(role))) {
    throw new GraphRefusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
  }
}
