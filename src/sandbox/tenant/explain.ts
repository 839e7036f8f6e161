import type { SandboxMailbox, SandboxSettings } from '../settings';
import { domainOf, isMailboxAddress } from './mailbox-address';

/**
 * What the sandbox adds to the service's sentence when its own settings are the reason for a refusal: the app may be
 * right and the sandbox lack its mailbox, or the other way round. Clients truncate long messages (the transport after
 * 500 characters), so the flag comes first and the list is short.
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

/** For a From or Sender that the mailbox may not use. */
export function explainSender(settings: SandboxSettings, mailbox: SandboxMailbox, sender: string): string {
  if (!settings.explain) return '';
  const denied = `${shown(mailbox.userPrincipalName)} may not send as ${shown(sender)}`;
  return `${SANDBOX}, where ${denied}. ${howToHave(sender, ' as the first')} ${whatThereIs(settings)}`;
}

/** For a tenant other than the sandbox's. */
export function explainTenant(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  const [domain = ''] = tenantDomains(settings);
  return `${SANDBOX}, whose tenant is ${settings.tenantId} (${domain}). Start it with yours: --tenant-id, or tenantId in code.`;
}

/** For an app other than the registered one. */
export function explainClient(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  return `${SANDBOX}, whose client id is ${settings.clientId}. Start it with yours: --client-id, or clientId in code.`;
}

/** For a wrong secret: says where to find the right one, never what it is. */
export function explainSecret(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  return (
    `${SANDBOX}, whose client secret is the AZURE_CLIENT_SECRET that it prints, or in code ` +
    'sandbox.options.clientSecret. Start it with another: --client-secret, or clientSecret in code.'
  );
}

/** For the right secret of a sandbox with an expired one. */
export function explainExpiry(settings: SandboxSettings): string {
  if (!settings.explain) return '';
  return `${SANDBOX}, which was started with secretState: 'expired'.`;
}

/** The tenant's domains: its own and those of its mailboxes, since a tenant may have several. */
export function tenantDomains({ tenantDomain, mailboxes }: SandboxSettings): string[] {
  const domains = mailboxes.map(({ userPrincipalName }) => domainOf(userPrincipalName));
  return [...new Set([tenantDomain.toLowerCase(), ...domains])];
}

function howToHave(address: string, place = ''): string {
  const wanted =
    isMailboxAddress(address) && address.length <= MAX_ADDRESS_LENGTH ? address : 'you@contoso.com';
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
