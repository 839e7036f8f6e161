import { GraphRefusal } from '../http/graph-refusal';
import type { SandboxMailbox, SandboxSettings } from '../settings';
import { explainMailbox, explainSender } from './explain';
import { isGuid } from './mailbox-address';

/** The mailbox that `users/{user}` names: by object id or user principal name, never by alias. */
export function mailboxNamed(mailboxes: readonly SandboxMailbox[], user: string): SandboxMailbox | undefined {
  return mailboxes.find(({ id, userPrincipalName }) => isSame(id, user) || isSame(userPrincipalName, user));
}

/** The mailboxes that get mail for any of these addresses, aliases included. */
export function mailboxesOf(
  mailboxes: readonly SandboxMailbox[],
  addresses: readonly string[],
): SandboxMailbox[] {
  return mailboxes.filter(
    ({ state = 'ok', userPrincipalName, aliases = [] }) =>
      state === 'ok' &&
      [userPrincipalName, ...aliases].some((own) => addresses.some((address) => isSame(own, address))),
  );
}

/** The mailbox that `users/{user}` names. @throws GraphRefusal if the app cannot access it */
export function findMailbox(settings: SandboxSettings, user: string): SandboxMailbox {
  const { mailboxes, scp } = settings;
  const mailbox = mailboxNamed(mailboxes, user);
  if (mailbox === undefined) throw unknownUser(user, explainMailbox(settings, user));
  switch (mailbox.state) {
    case 'unlicensed':
      throw new GraphRefusal(
        'mailbox-unlicensed',
        404,
        'MailboxNotEnabledForRESTAPI',
        'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
      );
    case 'on-premises':
      throw new GraphRefusal(
        'mailbox-on-premises',
        404,
        'MailboxNotSupportedForRESTAPI',
        'REST API is not supported for this mailbox, which is not hosted in Exchange Online.',
      );
    case 'disabled':
      throw new GraphRefusal(
        'account-disabled',
        403,
        'ErrorAccountDisabled',
        'The account of this mailbox is disabled.',
      );
    case 'access-denied':
      throw new GraphRefusal('access-policy', 403, 'ErrorAccessDenied', 'Access to OData is disabled.');
  }
  if (scp.length > 0 && mailbox !== mailboxes[0]) {
    throw new GraphRefusal(
      'delegated-mailbox',
      403,
      'ErrorAccessDenied',
      'Access is denied. Check credentials and try again.',
    );
  }
  return mailbox;
}

/**
 * A tenant without Exchange Online has no mailboxes, so a token that is good for the directory does not help. @throws
 * GraphRefusal
 */
export function requireExchange({ exchangeOnline, tenantId }: SandboxSettings): void {
  if (exchangeOnline) return;
  throw new GraphRefusal(
    'tenant-without-exchange',
    401,
    'OrganizationFromTenantGuidNotFound',
    `The tenant for tenant guid '${tenantId}' does not exist.`,
  );
}

/** To send as another address, a mailbox needs the right. */
export function checkSendAs(
  mailbox: SandboxMailbox,
  claimedSenders: readonly string[],
  settings: SandboxSettings,
): void {
  const allowed = [mailbox.userPrincipalName, ...(mailbox.aliases ?? []), ...(mailbox.sendAs ?? [])];
  for (const sender of claimedSenders) {
    if (allowed.some((address) => isSame(address, sender))) continue;
    throw new GraphRefusal(
      'send-as',
      403,
      'ErrorSendAsDenied',
      'The user account which was used to submit this request does not have the right to send mail ' +
        `on behalf of the specified sending account., Cannot submit message.${explainSender(settings, mailbox, sender)}`,
    );
  }
}

/** The directory answers for an unknown id, Exchange for an unknown address. */
export function unknownUser(
  user: string,
  explanation = '',
  asked: 'exchange' | 'directory' = 'exchange',
): GraphRefusal {
  if (asked === 'exchange' && !isGuid(user)) {
    return new GraphRefusal(
      'unknown-address',
      404,
      'ErrorInvalidUser',
      `The requested user '${user}' is invalid.${explanation}`,
    );
  }
  const rule = asked === 'directory' ? 'unknown-user' : 'unknown-object-id';
  const message = `Resource '${user}' does not exist.${explanation}`;
  return new GraphRefusal(rule, 404, 'Request_ResourceNotFound', message);
}

/** Ignores the case of A to Z only: `toLowerCase` would also turn the KELVIN SIGN into k. */
function isSame(one: string, other: string): boolean {
  const key = (address: string) => address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return key(one) === key(other);
}
