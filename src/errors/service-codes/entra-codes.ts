import type { ServiceCode } from './service-code';

const DOCS = 'https://learn.microsoft.com/entra';
const ERROR_CODES = `${DOCS}/identity-platform/reference-error-codes`;
const CLOUDS = 'https://learn.microsoft.com/graph/deployments';

/** What Entra checks, in its order: a refusal about one of them means that those before it passed. */
export const ENTRA_ORDER = ['tenant', 'app', 'secret'] as const;

/** What one of Entra's codes means, and what it is about. */
export interface EntraCode extends ServiceCode {
  /** Undefined if it is about none of these, but about the resource, a policy or the service itself. */
  about?: (typeof ENTRA_ORDER)[number];
}

/** A row of codes that mean the same. */
export interface EntraCodeRow extends EntraCode {
  codes: readonly string[];
}

/**
 * Entra's codes. Meanings come from the Microsoft Entra documentation,
 * docs/identity-platform/reference-error-codes.md, which warns that the numbers may change. For codes that it
 * omits, they come from the sentence that Entra sends along.
 */
export const ENTRA_CODES: readonly EntraCodeRow[] = [
  {
    codes: ['AADSTS7000215', 'AADSTS70002'],
    code: 'EAUTH',
    about: 'secret',
    outcome: 'refused',
    hint: 'clientSecret is wrong: it must be the value of the secret, shown once when it is created, not its "Secret ID".',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS7000222'],
    code: 'EAUTH',
    about: 'secret',
    outcome: 'refused',
    hint: 'clientSecret has expired: make a new one under App registrations > Certificates & secrets and put its value here.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS7000218', 'AADSTS7000216'],
    code: 'EAUTH',
    about: 'secret',
    outcome: 'refused',
    hint: 'The request contained neither a secret nor a certificate: check that clientSecret is not empty.',
    link: `${DOCS}/identity-platform/v2-oauth2-client-creds-grant-flow`,
  },
  {
    codes: ['AADSTS700016', 'AADSTS700011'],
    code: 'EAUTH',
    about: 'app',
    outcome: 'refused',
    hint: 'No app with this clientId is in this tenant: check clientId (the "Application (client) ID"), tenantId and, for a national cloud, cloud.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS70001', 'AADSTS7000112'],
    code: 'EAUTH',
    about: 'app',
    outcome: 'refused',
    hint: 'The app is not in this tenant or is disabled: check clientId, and enable it under Enterprise applications.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS7000229'],
    code: 'EAUTH',
    about: 'app',
    outcome: 'refused',
    hint: 'The app is registered, but has no service principal in this tenant: grant admin consent there, or create one under Enterprise applications (az ad sp create --id CLIENT-ID).',
    link: `${DOCS}/identity-platform/app-objects-and-service-principals`,
  },
  {
    codes: ['AADSTS90002', 'AADSTS90019', 'AADSTS900023'],
    code: 'EAUTH',
    about: 'tenant',
    outcome: 'refused',
    hint: 'There is no such tenant: tenantId must be the GUID ("Directory (tenant) ID") or a verified domain name, and cloud must be that of the tenant.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS90038', 'AADSTS900382', 'AADSTS900432'],
    code: 'EAUTH',
    about: 'tenant',
    outcome: 'refused',
    hint: 'The tenant is in another cloud: set cloud to that one.',
    link: CLOUDS,
  },
  {
    codes: ['AADSTS9001023', 'AADSTS90124', 'AADSTS90130', 'AADSTS50194'],
    code: 'EAUTH',
    about: 'tenant',
    outcome: 'refused',
    hint: 'tenantId must name one tenant: "common", "organizations" and "consumers" do not work for apps without a user.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS500011', 'AADSTS50001', 'AADSTS650057', 'AADSTS901002'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'graphEndpoint does not belong to the cloud of this tenant, or the Graph service principal is missing there.',
    link: CLOUDS,
  },
  {
    codes: ['AADSTS500014'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The service behind graphEndpoint is disabled in this tenant: a subscription has expired, or an administrator has disabled it under Enterprise applications.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS70011', 'AADSTS700022', 'AADSTS700023', 'AADSTS28002'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The scope derived from graphEndpoint is not valid: graphEndpoint must be the bare address of Graph.',
    link: `${DOCS}/identity-platform/v2-oauth2-client-creds-grant-flow`,
  },
  {
    codes: ['AADSTS65001', 'AADSTS650056', 'AADSTS90094'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'Grant admin consent for the app, under App registrations > API permissions.',
    link: `${DOCS}/identity-platform/v2-oauth2-client-creds-grant-flow`,
  },
  {
    codes: ['AADSTS53003', 'AADSTS530032', 'AADSTS53000', 'AADSTS50005'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'A conditional access policy blocks the app: see the policies for workload identities.',
    link: `${DOCS}/identity/conditional-access/workload-identity`,
  },
  {
    codes: ['AADSTS500021', 'AADSTS500022', 'AADSTS50002'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: "A proxy of this network blocks this tenant: have the tenant added to the network's list of allowed tenants.",
    link: `${DOCS}/identity/enterprise-apps/tenant-restrictions`,
  },
  {
    codes: ['AADSTS700025'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The app is registered as a public client: it must be a confidential client, with a secret or a certificate.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS700027', 'AADSTS50012', 'AADSTS700030', 'AADSTS500133'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'Entra does not accept the certificate or assertion: check that this certificate is uploaded to the app registration and has not expired, and check the clock of this machine.',
    link: `${DOCS}/identity-platform/certificate-credentials`,
  },
  {
    codes: ['AADSTS700024'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The assertion of the credential is not valid at this time: check the clock of this machine, and make the credential read its token again before it expires.',
    link: `${DOCS}/identity-platform/certificate-credentials`,
  },
  {
    codes: ['AADSTS70021', 'AADSTS700211', 'AADSTS700213'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'No federated credential of the app matches the token of the workload: issuer, subject and audience must match the token exactly, and a new credential takes a few minutes to work.',
    link: `${DOCS}/workload-id/workload-identity-federation-create-trust`,
  },
  {
    codes: ['AADSTS1000031'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The app is currently unavailable: an administrator of the tenant must fix it.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS90006', 'AADSTS90012', 'AADSTS90024', 'AADSTS90033', 'AADSTS90090', 'AADSTS50000'],
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: 'Entra is busy or unavailable, so nothing was sent: send again later.',
    link: ERROR_CODES,
  },
  {
    codes: ['AADSTS90055'],
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: 'Entra throttles this tenant, so nothing was sent: send again later.',
    link: ERROR_CODES,
    throttles: true,
  },
];

const BY_NAME: ReadonlyMap<string, EntraCode> = new Map(
  ENTRA_CODES.flatMap(({ codes, ...meaning }) => codes.map((name) => [name, meaning])),
);

/** What one of Entra's codes means, such as `AADSTS7000215`. */
export function entraCode(code: string): EntraCode | undefined {
  return BY_NAME.get(code);
}
