import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls, { type SecureContext, type SecureVersion } from 'node:tls';
import { ownProperties, unknownOption } from './given-options';

/** How connections are secured, if Node's defaults do not fit. */
export interface TlsOptions {
  /**
   * Certificates (PEM) of authorities to trust in addition to Node's: for instance that of a proxy or virus
   * scanner that inspects traffic.
   */
  ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
  /**
   * The oldest version of TLS to accept.
   *
   * @default Node's, 'TLSv1.2'
   */
  minVersion?: SecureVersion | undefined;
  /**
   * Certificates are always checked, whatever `NODE_TLS_REJECT_UNAUTHORIZED` says: `true` changes nothing, and
   * any other value is refused.
   *
   * @default true
   */
  rejectUnauthorized?: true | undefined;
}

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** Without `rejectUnauthorized`, which changes nothing. */
const NAMES: readonly string[] = ['ca', 'minVersion'] satisfies (keyof TlsOptions)[];

/** What is wrong with the option `tls`. */
export function tlsProblems(options: unknown): string[] {
  if (typeof options !== 'object' || options === null) return ['tls must be an object such as { ca }'];
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined) return [];
    switch (name) {
      case 'ca':
        return [value].flat().every(isCertificate) ? [] : ['tls.ca must be one or more certificates in PEM'];
      case 'minVersion':
        return VERSIONS.includes(value) ? [] : [`tls.minVersion must be one of ${VERSIONS.join(', ')}`];
      case 'rejectUnauthorized':
        return value !== true
          ? [
              'tls.rejectUnauthorized can only be true: without the certificate check, anyone on the network path could read the client secret and all mail. Add the certificate of the proxy to tls.ca instead',
            ]
          : [];
      default:
        return [unknownOption(name, NAMES, 'tls.')];
    }
  });
}

function isCertificate(value: unknown): boolean {
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) return false;
  if (!value.includes('-----BEGIN CERTIFICATE-----')) return false;
  try {
    new X509Certificate(value);
    return true;
  } catch {
    return false;
  }
}

/** One context for all connections, since reading all the authorities that Node trusts takes a while. */
export function createSecureContext({ ca, minVersion }: TlsOptions, env: NodeJS.ProcessEnv): SecureContext {
  return tls.createSecureContext(
    ownProperties({
      // As soon as Node is given any authorities, it drops its own.
      ...(ca === undefined ? {} : { ca: [...trustedByNode(env), ca].flat() }),
      ...(minVersion === undefined ? {} : { minVersion }),
    }),
  );
}

function trustedByNode(env: NodeJS.ProcessEnv): readonly (string | Buffer)[] {
  // Node 22.15 and later list everything they trust, whether from NODE_EXTRA_CA_CERTS or from the system.
  const node: typeof tls & { getCACertificates?: (type: 'default') => string[] } = tls;
  if (node.getCACertificates) return node.getCACertificates('default');
  const extra = Object.hasOwn(env, 'NODE_EXTRA_CA_CERTS') ? env.NODE_EXTRA_CA_CERTS : undefined;
  if (!extra) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, readFileSync(extra)];
  } catch {
    // Node itself only warns about a file that it cannot read.
    return tls.rootCertificates;
  }
}
