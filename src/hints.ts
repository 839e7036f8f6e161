import type { GraphTransportErrorCode } from './errors';

/** What a code of the service means to an app on Nodemailer, and what to do about it. */
export interface Hint {
  code: GraphTransportErrorCode;
  hint: string;
}

const PERMISSION =
  'Give the app registration the application permission Mail.Send (not the delegated one), grant admin consent, and check that no application access policy or RBAC scope keeps the app from this mailbox. Such changes can take over an hour.';
const MAILBOX =
  'Set userId to the object id or the user principal name of a licensed Exchange Online mailbox in this tenant; an alias does not do.';
const TOKEN =
  'The token does not fit this Graph: authorityHost, graphEndpoint and the tenant must belong to one cloud.';

/**
 * Codes of Graph and Exchange, by `graphHint`'s spelling: lower case, without the prefix `Error`.
 * Meanings: Microsoft Graph documentation, concepts/errors.md, concepts/auth-limit-mailbox-access.md and
 * concepts/outlook-send-mail-from-other-user.md.
 */
const GRAPH_HINTS: ReadonlyMap<string, Hint> = new Map<string, Hint>([
  ['invalidauthenticationtoken', { code: 'EAUTH', hint: TOKEN }],
  ['unauthenticated', { code: 'EAUTH', hint: TOKEN }],
  ['authenticationerror', { code: 'EAUTH', hint: TOKEN }],
  ['invalidaudience', { code: 'EAUTH', hint: TOKEN }],
  [
    'lifetimevalidationfailed',
    { code: 'EAUTH', hint: 'The token has expired: check the clock of this machine.' },
  ],
  ['nopermissionsinaccesstoken', { code: 'EAUTH', hint: PERMISSION }],
  ['accessdenied', { code: 'EAUTH', hint: PERMISSION }],
  ['accessrestricted', { code: 'EAUTH', hint: PERMISSION }],
  ['authorization_requestdenied', { code: 'EAUTH', hint: PERMISSION }],
  [
    'accountdisabled',
    {
      code: 'EAUTH',
      hint: 'The account of the mailbox in userId is disabled: enable it, or make it a shared mailbox.',
    },
  ],
  [
    'sendasdenied',
    {
      code: 'EENVELOPE',
      hint: 'The From or Sender of the message is not the mailbox in userId. Set From to that mailbox, set userId to the From mailbox, or grant the userId mailbox "Send As" on the From address in Exchange.',
    },
  ],
  ['invaliduser', { code: 'EENVELOPE', hint: MAILBOX }],
  ['resourcenotfound', { code: 'EENVELOPE', hint: MAILBOX }],
  ['request_resourcenotfound', { code: 'EENVELOPE', hint: MAILBOX }],
  ['nonexistentmailbox', { code: 'EENVELOPE', hint: MAILBOX }],
  ['mailboxnotenabledforrestapi', { code: 'EENVELOPE', hint: MAILBOX }],
  ['mailboxnotsupportedforrestapi', { code: 'EENVELOPE', hint: MAILBOX }],
  ['mailboxnothostedinexchangeonline', { code: 'EENVELOPE', hint: MAILBOX }],
  ['extensionerror', { code: 'EENVELOPE', hint: MAILBOX }],
  [
    'invalidrecipients',
    { code: 'EENVELOPE', hint: 'Check the recipients: there must be at least one, each a plain address.' },
  ],
  ['invalidrecipientsubfilterexception', { code: 'EENVELOPE', hint: 'One of the addresses is malformed.' }],
  ['invalidsmtpaddress', { code: 'EENVELOPE', hint: 'One of the addresses is malformed.' }],
  [
    'recipientlimitexceeded',
    { code: 'EENVELOPE', hint: 'Split the recipients over several messages (the default limit is 500).' },
  ],
  [
    'messagesizeexceeded',
    { code: 'EMESSAGE', hint: "The message is over the mailbox's MaxSendSize (35 MB unless raised)." },
  ],
  [
    'quotaexceeded',
    {
      code: 'EMESSAGE',
      hint: 'The sending mailbox is full: empty its Sent Items, or set saveToSentItems to false.',
    },
  ],
  [
    'exceededmessagelimit',
    { code: 'EENVELOPE', hint: 'The mailbox has used up its sending quota: wait a day, or spread the mail.' },
  ],
  [
    'submissionquotaexceeded',
    { code: 'EENVELOPE', hint: 'The mailbox has used up its sending quota: wait a day, or spread the mail.' },
  ],
  [
    'messagesubmissionblocked',
    {
      code: 'EENVELOPE',
      hint: 'The mailbox is blocked from sending: see "Restricted entities" in the Defender portal.',
    },
  ],
]);

/**
 * Entra's codes by number. Meanings: Microsoft Entra documentation,
 * docs/identity-platform/reference-error-codes.md.
 */
const ENTRA_HINTS: ReadonlyMap<number, string> = new Map([
  [
    7000215,
    'clientSecret is wrong: it must be the value of the secret, shown once when it is made, and not its "Secret ID".',
  ],
  [
    7000222,
    'clientSecret has expired: make a new one under App registrations > Certificates & secrets and put its value here.',
  ],
  [7000218, 'clientSecret is empty.'],
  [
    700016,
    'No app with this clientId is in this tenant: check clientId (the "Application (client) ID"), tenantId and, for a national cloud, authorityHost.',
  ],
  [
    700011,
    'No app with this clientId is in this tenant: check clientId, tenantId and, for a national cloud, authorityHost.',
  ],
  [70001, 'The app is not in this tenant or is disabled: check clientId and the enterprise application.'],
  [7000112, 'The app is disabled: enable it under Enterprise applications.'],
  [
    90002,
    'There is no such tenant: tenantId must be the GUID ("Directory (tenant) ID") or a verified domain name; a tenant in a national cloud needs its own authorityHost.',
  ],
  [
    9001023,
    'tenantId must name one tenant: "common", "organizations" and "consumers" do not serve apps without a user.',
  ],
  [90038, 'The tenant lives in another cloud: set authorityHost and graphEndpoint of that cloud.'],
  [900382, 'The tenant lives in another cloud: set authorityHost and graphEndpoint of that cloud.'],
  [
    500011,
    'graphEndpoint does not belong to the cloud of this tenant, or the Graph service principal is missing there.',
  ],
  [70011, 'The scope made of graphEndpoint is not valid: graphEndpoint must be the bare address of Graph.'],
  [65001, 'Grant admin consent for the app.'],
  [53003, 'A conditional access policy blocks the app: see the policies for workload identities.'],
  [700025, 'The app is registered as a public client: it needs a confidential one, with a secret.'],
]);

/** The hint for a code of Graph or Exchange, whichever way it is spelled (`ErrorAccessDenied`, `accessDenied`). */
export function graphHint(graphCode: string): Hint | undefined {
  return GRAPH_HINTS.get(graphCode.toLowerCase().replace(/^error/, ''));
}

/** The hint for the number of an Entra error (`AADSTS7000215` → 7000215). */
export function entraHint(aadsts: number): string | undefined {
  return ENTRA_HINTS.get(aadsts);
}
