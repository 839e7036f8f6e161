import type { SandboxMailbox, SandboxSettings } from '../settings';
import { domainOf, isMailboxAddress } from './mailbox-address';

/**
 * What the sandbox says of itself after the service's sentence, where it refuses a request for its own settings:
 * the app is right and the sandbox lacks its mailbox, or the other way round. Clients cut long messages off (the
 * transport after 500 characters), so the flag comes first, and the list is short.
 */
const SANDBOX = ' This is the sandbox of nodemailer-graph-transport';

const MAX_LIST_LENGTH = 120;
const MAX_ADDRESS_LENGTH = 50;

/** For a mailbox that the sandbox does not have. */
export function explainMailbox(settings: SandboxSettings, user: string): string {
  if (!settings.explain) return '';
  const owner = settings.mailboxes.find(({ aliases = [] }) =>
    aliases.some((alias) => alias.toLowerCase() === user.toLowerCase()),
  );
  if (owner !== undefined) {
    return `${SANDBOX}, where this is an alias: name the mailbox, ${owner.userPrincipalName}.`;
  }
  return `${SANDBOX}, which has no such mailbox. ${howToHave(user)} ${whatThereIs(settings)}`;
}

/** For a From or Sender that the mailbox has no right to. */
export function explainSender(settings: SandboxSettings, mailbox: SandboxMailbox, sender: string): string {
  if (!settings.explain) return '';
  const denied = `${shown(mailbox.userPrincipalName)} may not send as ${shown(sender)}`;
  return `${SANDBOX}, where ${denied}. ${howToHave(sender, ' as the first')} ${whatThereIs(settings)}`;
}

/** For a tenant that is not the sandbox's. */
export function explainTenant(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  const [domain = ''] = tenantDomains(settings);
  return `${SANDBOX}, whose tenant is ${settings.tenantId} (${domain}). Start it with yours: --tenant-id, or tenantId in code.`;
}

/** For an app that is not the one that is registered in the sandbox. */
export function explainClient(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  return `${SANDBOX}, whose client id is ${settings.clientId}. Start it with yours: --client-id, or clientId in code.`;
}

/** For a wrong secret: where the right one is to be found, and never what it is. */
export function explainSecret(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  return (
    `${SANDBOX}, which takes the client secret that it gives as AZURE_CLIENT_SECRET, in code as ` +
    'sandbox.options.clientSecret. Start it with another: --client-secret, or clientSecret in code.'
  );
}

/** For the right secret of a sandbox that plays an expired one. */
export function explainExpiry(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  return `${SANDBOX}, which was started with secretState: 'expired'.`;
}

/** The domain names of the tenant: its own, and those of its mailboxes, since a tenant may have several. */
export function tenantDomains({ tenantDomain, mailboxes }: SandboxSettings): string[] {
  const domains = mailboxes.map(({ userPrincipalName }) => domainOf(userPrincipalName));
  return [...new Set([tenantDomain.toLowerCase(), ...domains])];
}

function howToHave(address: string, place = ''): string {
  const wanted = isMailboxAddress(address) && address.length <= MAX_ADDRESS_LENGTH ? address : 'you@contoso.com';
  const quote = wanted.includes("'") ? '"' : "'";
  return `Start it with --mailbox ${wanted}${place}, or in code with mailboxes: [${quote}${wanted}${quote}].`;
}

function whatThereIs({ mailboxes }: SandboxSettings): string {
  const listed: string[] = [];
  let characters = 0;
  for (const { userPrincipalName } of mailboxes) {
    characters += userPrincipalName.length;
    if (characters > MAX_LIST_LENGTH && listed.length > 0) break;
    listed.push(shown(userPrincipalName));
  }
  const more = mailboxes.length - listed.length;
  return `It has ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function shown(address: string): string {
  if (address === '') return 'no address';
  return address.length > MAX_ADDRESS_LENGTH ? `${address.slice(0, MAX_ADDRESS_LENGTH)}…` : address;
}
