import { GraphRefusal, unauthorized } from '../http/graph-refusal';
import type { MailboxState } from '../mailbox/state';
import { parseNestedJson } from '../nested-json';

/** The part of the sandbox's state that Graph uses. */
export interface GraphState extends MailboxState {
  /** `check` returns the permissions in a token. @throws GraphRefusal if Graph does not accept the token */
  readonly tokens: { check(token: string): readonly string[] };
}

/**
 * What the app may do: by the roles or scopes in its token, and by Exchange's RBAC for Applications, which is not in
 * tokens.
 */
export function authorize(headers: Headers, { tokens, settings }: GraphState): readonly string[] {
  const token = bearerOf(headers);
  if (token === '') throw unauthorized('token-missing', 'Access token is empty.');
  const shown = tokens.check(token);
  return settings.scp.length > 0 ? shown : [...shown, ...settings.rbac];
}

/** Any one of the permissions will do. A token without permissions gets 401, one with others 403. */
export function requirePermission(permissions: readonly string[], ...allowed: string[]): void {
  requireSomePermission(permissions);
  if (!allowed.some((permission) => permissions.includes(permission))) {
    throw new GraphRefusal(
      'permission-missing',
      403,
      'ErrorAccessDenied',
      'Access is denied. Check credentials and try again.',
    );
  }
}

/** Checked before everything that the request asks for. */
export function requireSomePermission(permissions: readonly string[]): void {
  if (permissions.length > 0) return;
  throw new GraphRefusal(
    'no-permissions',
    401,
    'NoPermissionsInAccessToken',
    'The token contains no permissions, or permissions can not be understood.',
  );
}

/** The bearer token of a request, or an empty string. */
export function bearerOf(headers: Headers): string {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  return token;
}

/** The audience that a token claims. Nothing of it is verified. */
export function audienceOf(token: string): string {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = parseNestedJson(Buffer.from(payload, 'base64url').toString());
    const isObject = typeof claims === 'object' && claims !== null;
    return isObject && 'aud' in claims && typeof claims.aud === 'string' ? claims.aud : '';
  } catch {
    return '';
  }
}
