// It relies on the names by which Azure's packages require these files and packages, and on the first two being used
// only when something is called. Without that, all of it is loaded at once; azure-identity.test.ts tells.
import { type Load, latePackage, loadWith, type StandIn } from '../late-packages';

type AzureIdentity = typeof import('@azure/identity');

/**
 * Loads Microsoft's library without what a client secret does not take: the other credentials, what signs with
 * certificates, proxy agents (the connections are ours), a client for REST services, and Node's `FormData`, which takes
 * half as long to load as Nodemailer. All of it is loaded when it is needed.
 */
export function loadAzureIdentity(): AzureIdentity {
  return loadWith(standInFor, () => require('@azure/identity'));
}

/** What Azure's packages only pass on, by the names that they require. */
const LATE: ReadonlySet<string> = new Set([
  'jsonwebtoken',
  'http-proxy-agent',
  'https-proxy-agent',
  './authorizeRequestOnClaimChallenge.js',
  './authorizeRequestOnTenantChallenge.js',
  './client/getClient.js',
  './client/operationOptionHelpers.js',
  './client/restError.js',
  './defaultHttpClient.js',
  './nodeHttpClient.js',
  './operationHelpers.js',
  './serializer.js',
  './sha256.js',
  ...['agent', 'tls'].flatMap((name) => [policyFile(name), `./${name}Policy.js`]),
  ...['auxiliaryAuthenticationHeader', 'bearerTokenAuthentication', 'ndJson'].map(policyFile),
  ...['exponentialRetry', 'systemErrorRetry', 'throttlingRetry'].map(policyFile),
]);

function policyFile(name: string): string {
  return `./policies/${name}Policy.js`;
}

/** What Azure's packages get in place of what they require by that name; undefined for the package itself. */
export function standInFor(id: string): StandIn | undefined {
  if (id === '../formData.js') return lateFormData;
  const isOtherCredential = /^\.\/credentials\/(?!clientSecretCredential\.)/.test(id);
  return isOtherCredential || LATE.has(id) ? (load) => latePackage(load) : undefined;
}

interface FormDataReader {
  convertBodyToFormDataMap(body: unknown): unknown;
}

/** Looks at a request's body for `FormData`. The bodies of requests for tokens are texts. */
function lateFormData(load: Load): object {
  return latePackage(load, {
    convertBodyToFormDataMap: (body: unknown) =>
      typeof body === 'object' && body !== null
        ? load<FormDataReader>().convertBodyToFormDataMap(body)
        : undefined,
  });
}
