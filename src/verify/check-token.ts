import { asciiLowerCase } from '../ascii-case';
import { MAX_HELD_BYTES } from '../delivery/limits';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { ResolvedOptions } from '../options/resolved-options';
import type { TokenClaims } from './token-claims';
import { doubted, failed, passed, type VerifyCheck } from './verify-check';

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
