import { asciiLowerCase } from '../ascii-case';
import { MAX_HELD_BYTES } from '../delivery/limits';
import { GraphTransportError } from '../errors/graph-transport-error';
import { parseJson, property } from '../graph/answer-error';
import type { ResolvedOptions } from '../options/resolved-options';
import { doubted, failed, passed, type VerifyCheck } from './verify-check';

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

const RBAC =
  "With Exchange's RBAC for Applications that is as it should be, since its rights are in no token. Otherwise";

/** What a token's own claims show. Claims are undefined if only Graph can read the token. */
export function checkToken(claims: TokenClaims | undefined, options: ResolvedOptions): VerifyCheck[] {
  if (claims === undefined) {
    return [doubted('token', 'The token cannot be read, so its permissions are not known.')];
  }
  if (claims.scopes !== undefined) return [checkDelegated(claims.scopes, claims.user, options)];
  return [passed('token'), ...checkPermissions(claims.roles, options)];
}

function checkDelegated(scopes: string[], user: string[], { userId }: ResolvedOptions): VerifyCheck {
  const isOwnMailbox = typeof userId === 'string' && user.some((name) => isSame(name, userId.trim()));
  if (isOwnMailbox && scopes.some((scope) => isSame(scope, 'Mail.Send'))) {
    return doubted(
      'token',
      "The token belongs to a signed-in user: it works for this mailbox only, and only while the user's sign-in lasts.",
    );
  }
  return failed(
    'token',
    new GraphTransportError(
      'EAUTH',
      'The token is a delegated one: it stands for a signed-in user (it has scp), not for the app.',
      {
        hint: 'Use a credential of the app itself (client secret, certificate, managed identity), and give the app registration the application permission Mail.Send, not the delegated one. A DefaultAzureCredential may have picked up the sign-in of a developer, for instance from the Azure CLI.',
      },
    ),
  );
}

function checkPermissions(roles: string[], { delivery, maxMessageSize }: ResolvedOptions): VerifyCheck[] {
  const shows = (permission: string) => roles.some((role) => isSame(role, permission));
  const checks: VerifyCheck[] = [
    shows('Mail.Send')
      ? passed('mail-send')
      : doubted(
          'mail-send',
          'The token does not show the application permission Mail.Send.',
          `${RBAC} give the app registration Mail.Send as an application permission and grant admin consent.`,
        ),
  ];
  const exactlyOnce = delivery === 'exactly-once';
  if (shows('Mail.ReadWrite')) {
    checks.push(passed('mail-readwrite'));
  } else if (exactlyOnce || maxMessageSize > MAX_HELD_BYTES) {
    const needs = exactlyOnce ? "delivery 'exactly-once' needs" : 'messages over about 3 MB need';
    const instead = exactlyOnce
      ? ''
      : `, or have large messages refused early: maxMessageSize ${MAX_HELD_BYTES}`;
    checks.push(
      doubted(
        'mail-readwrite',
        `The token does not show the application permission Mail.ReadWrite, which ${needs}.`,
        `${RBAC} give the app registration Mail.ReadWrite as an application permission and grant admin consent${instead}.`,
      ),
    );
  }
  return checks;
}

function isSame(one: string, other: string): boolean {
  return asciiLowerCase(one) === asciiLowerCase(other);
}
