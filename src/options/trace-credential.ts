import type { ClientSecretOf } from './client-secret';
import { unknownOption } from './given-options';
import type { TokenCredential } from './options';
import type { Identity } from './resolved-options';

const NAMES: readonly string[] = ['clientId', 'clientSecret', 'tenantId', 'credential'];

/**
 * The app that the option `trace` names. Problems are described without quoting the secret.
 *
 * @param tenantId the transport's
 */
export function resolveTrace(
  trace: unknown,
  tenantId: string,
  authorityHost: string,
): { identity?: Identity; problems: string[] } {
  if (typeof trace !== 'object' || trace === null || Array.isArray(trace)) {
    return { problems: ['trace must be an object such as { clientId, clientSecret } or { credential }'] };
  }
  const given = new Map<string, unknown>(Object.entries(trace).filter(([, value]) => value !== undefined));
  const problems = [...given.keys()]
    .filter((name) => !NAMES.includes(name))
    .map((name) => unknownOption(name, NAMES, 'trace.'));
  const credential = given.get('credential');
  if (credential !== undefined) {
    const others = ['clientId', 'clientSecret', 'tenantId'].filter((name) => given.has(name));
    for (const name of others) problems.push(`give either trace.credential or trace.${name}, not both`);
    if (!isCredential(credential)) {
      problems.push('trace.credential must be an Azure TokenCredential (an object with getToken)');
      return { problems };
    }
    return { identity: { kind: 'credential', credential }, problems };
  }
  const text = (name: string, byDefault: unknown): string => {
    const value = given.get(name) ?? byDefault;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    problems.push(
      value === undefined || value === '' ? `trace.${name} is missing` : `trace.${name} must be a text`,
    );
    return '';
  };
  const secret = given.get('clientSecret');
  const clientSecret = toSecret(secret);
  if (clientSecret === undefined) {
    problems.push('trace.clientSecret must be a text or a function that returns one');
  }
  const identity: Identity = {
    kind: 'secret',
    tenantId: text('tenantId', tenantId || undefined),
    clientId: text('clientId', undefined),
    clientSecret: clientSecret ?? '',
    authorityHost,
  };
  return { identity, problems };
}

function toSecret(secret: unknown): string | ClientSecretOf | undefined {
  if (typeof secret === 'string') return secret.trim() || undefined;
  if (isSecretOf(secret)) return secret;
  if (!(secret instanceof Promise)) return undefined;
  const promised: Promise<string> = secret;
  // A rejection is reported when the secret is needed.
  promised.then(undefined, () => undefined);
  return () => promised;
}

function isSecretOf(secret: unknown): secret is ClientSecretOf {
  return typeof secret === 'function';
}

function isCredential(value: unknown): value is TokenCredential {
  return (
    typeof value === 'object' && value !== null && 'getToken' in value && typeof value.getToken === 'function'
  );
}
