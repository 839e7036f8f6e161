import { GraphTransportError } from '../errors/graph-transport-error';
import { Secrets } from '../errors/secrets';
import { addressFault, type MailAddress, parseAddresses } from '../mime/address';
import { resolveSecret, SECRET_MISSING } from './client-secret';
import { CLOUD_NAMES, CLOUDS, cloudProblems } from './clouds';
import { ownProperties, problemsText, shownAddress, shownValue } from './given-options';
import { insecureSandboxProblems, isInsecureSandbox } from './insecure-sandbox';
import { deliveryProblems } from './message-options';
import { unknownNames } from './option-names';
import { resolveNumbers } from './option-numbers';
import type { AddressOption, GraphTransportOptions, TransportLogger } from './options';
import { toProxyUrl } from './proxy-url';
import type { Identity, ResolvedOptions } from './resolved-options';
import { tlsProblems } from './tls-options';
import { resolveTrace } from './trace-credential';

const WAYS_TO_SET =
  'There are three ways to set what is missing: as an option in code, as an environment variable, or in a .env ' +
  'file, which Node reads only when told to: node --env-file=.env app.js.';

/**
 * Applies environment and defaults to the caller's options and checks the result.
 *
 * @throws GraphTransportError `ECONFIG`, whose message lists all problems at once
 */
export function resolveOptions(given: GraphTransportOptions, env: NodeJS.ProcessEnv): ResolvedOptions {
  if (typeof given !== 'object' || given === null) {
    throw new GraphTransportError('ECONFIG', 'graphTransport takes an object of options.');
  }
  const options = ownProperties(given);
  const fromEnv = (key: string) => (Object.hasOwn(env, key) ? env[key] : undefined);
  const problems: string[] = unknownNames(options);
  let isIncomplete = false;

  const addMissing = (name: string, variable: string) => {
    isIncomplete = true;
    problems.push(`${name} is missing (option ${name} or environment variable ${variable})`);
  };
  const text = (name: 'tenantId' | 'clientId', variable: string): string => {
    const value = options[name] ?? fromEnv(variable);
    if (value === undefined || value === '') {
      addMissing(name, variable);
    } else if (typeof value !== 'string') {
      problems.push(`${name} must be a string, got ${typeof value}`);
    } else {
      return value.trim();
    }
    return '';
  };
  const addresses = (name: 'from' | 'replyTo', value: AddressOption | AddressOption[] | undefined) => {
    const parsed = value === undefined ? [] : [value].flat().flatMap(toAddresses);
    if (value !== undefined && parsed.length === 0) problems.push(`${name} has no address in it`);
    for (const { address } of parsed) {
      const fault = addressFault(address);
      if (fault) problems.push(`${name}: ${shownAddress(address)} is not an address: ${fault}`);
    }
    return parsed;
  };
  const insecure = isInsecureSandbox(options.insecureSandbox, fromEnv('GRAPH_INSECURE_SANDBOX') || undefined);
  problems.push(...insecure.problems);
  const endpoint = (name: 'authorityHost' | 'graphEndpoint', variable: string, fallback: string): string => {
    const value = options[name] ?? (fromEnv(variable) || fallback);
    const result = toOrigin(value, insecure.isOn);
    if (result.problem !== undefined) problems.push(`${name} ${result.problem}`);
    return result.origin;
  };

  const givenCloud = options.cloud ?? (fromEnv('GRAPH_CLOUD') || undefined);
  const cloud = CLOUD_NAMES.find((name) => name === givenCloud);
  if (givenCloud !== undefined && cloud === undefined) {
    problems.push(`cloud must be one of ${CLOUD_NAMES.join(', ')}, got ${shownValue(givenCloud)}`);
  }
  const endpoints = CLOUDS[cloud ?? 'global'];

  const { credential, dispatcher, logger } = options;
  let identity: Identity;
  if (credential === undefined) {
    const tenantId = text('tenantId', 'AZURE_TENANT_ID');
    const secret = resolveSecret(options, fromEnv);
    problems.push(...secret.problems);
    if (secret.problems.includes(SECRET_MISSING)) isIncomplete = true;
    identity = {
      kind: 'secret',
      tenantId,
      clientId: text('clientId', 'AZURE_CLIENT_ID'),
      clientSecret: secret.resolved,
      authorityHost: endpoint('authorityHost', 'AZURE_AUTHORITY_HOST', endpoints.authorityHosts[0]),
    };
    if (tenantId) problems.push(...tenantProblems(tenantId));
  } else {
    identity = { kind: 'credential', credential };
    if (typeof credential?.getToken !== 'function') {
      problems.push('credential must be an Azure TokenCredential (an object with getToken)');
    }
    for (const name of ['clientSecret', 'clientSecretFile'] as const) {
      if (options[name] !== undefined) problems.push(`give either credential or ${name}, not both`);
    }
  }

  const graphEndpoint = endpoint('graphEndpoint', 'GRAPH_ENDPOINT', endpoints.graphEndpoint);
  const authorityHost = identity.kind === 'secret' ? identity.authorityHost : undefined;
  problems.push(...cloudProblems(cloud, graphEndpoint, authorityHost));
  if (insecure.isOn) {
    problems.push(
      ...insecureSandboxProblems({ cloud: givenCloud, credential, graphEndpoint, authorityHost }),
    );
  }

  let trace: Identity | undefined;
  if (options.trace !== undefined) {
    const ofTrace = resolveTrace(
      options.trace,
      identity.kind === 'secret' ? identity.tenantId : (options.tenantId ?? ''),
      authorityHost ?? endpoint('authorityHost', 'AZURE_AUTHORITY_HOST', endpoints.authorityHosts[0]),
    );
    trace = ofTrace.identity;
    problems.push(...ofTrace.problems);
    if (insecure.isOn && trace?.kind === 'credential') {
      problems.push(
        'give either insecureSandbox or trace.credential, whose tokens may be real ones, not both',
      );
    }
  }
  const otherCloud = cloud ?? CLOUD_NAMES.find((name) => CLOUDS[name].graphEndpoint === graphEndpoint);

  const numbers = resolveNumbers(options);
  problems.push(...numbers.problems);
  const userId = options.userId ?? (fromEnv('GRAPH_USER_ID') || undefined);
  if (userId === undefined) addMissing('userId', 'GRAPH_USER_ID');
  problems.push(...deliveryProblems({ ...options, userId }));
  const from = addresses('from', options.from);
  if (from.length > 1) problems.push('from must be one address');
  const component: unknown = options.component;
  if (component !== undefined && typeof component !== 'string') problems.push('component must be a string');
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== 'function') {
    problems.push('dispatcher must be an undici Dispatcher (an object with dispatch)');
  }
  for (const name of ['debug', 'tuneV8'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'boolean') problems.push(`${name} must be true or false`);
  }
  if (logger !== undefined && typeof logger !== 'boolean' && !isLogger(logger)) {
    problems.push('logger must be true, false or a logger with trace, debug, info, warn, error and fatal');
  }

  const proxy = options.proxy === undefined ? { href: undefined } : toProxyUrl(options.proxy);
  if ('problem' in proxy) problems.push(`proxy ${proxy.problem}`);
  if (options.tls !== undefined) problems.push(...tlsProblems(options.tls));
  for (const name of ['proxy', 'tls'] as const) {
    if (dispatcher === undefined || options[name] === undefined) continue;
    problems.push(`give either dispatcher or ${name}, not both: a dispatcher makes its own connections`);
  }

  const resolved: ResolvedOptions = {
    identity,
    ...(trace && { trace }),
    ...(otherCloud && otherCloud !== 'global' && { otherCloud }),
    userId: typeof userId === 'string' ? userId.trim() : (userId ?? ''),
    graphEndpoint,
    from: from[0],
    replyTo: addresses('replyTo', options.replyTo),
    saveToSentItems: options.saveToSentItems ?? true,
    format: options.format ?? 'auto',
    lossy: options.lossy ?? false,
    delivery: options.delivery ?? 'at-most-once',
    ...numbers.resolved,
    ...(insecure.isOn && { insecureSandbox: true }),
    dispatcher,
    tuneV8: options.tuneV8 ?? true,
    logger: logger ?? false,
    debug: options.debug ?? false,
    component: options.component ?? 'graph-transport',
    proxy: 'href' in proxy ? proxy.href : undefined,
    tls: options.tls && ownProperties(options.tls),
  };
  if (problems.length > 0) {
    // A secret given for the wrong option may be quoted in the list of problems.
    const secrets = new Secrets();
    for (const secret of [options.clientSecret, options.trace?.clientSecret]) {
      if (typeof secret === 'string') secrets.addSecret(secret.trim());
    }
    secrets.addSecret(fromEnv('AZURE_CLIENT_SECRET')?.trim() ?? '');
    const said = secrets.strike(problemsText('graphTransport cannot start', problems));
    throw new GraphTransportError('ECONFIG', said, {
      hint: isIncomplete ? WAYS_TO_SET : undefined,
    });
  }
  return resolved;
}

function isLogger(logger: TransportLogger): boolean {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  return levels.every((level) => typeof logger?.[level] === 'function');
}

function tenantProblems(tenantId: string): string[] {
  if (/^(?:common|organizations|consumers)$/i.test(tenantId)) {
    return [
      `tenantId "${tenantId}" names no single tenant: give your tenant's GUID or one of its domain names`,
    ];
  }
  const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const domain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
  if (guid.test(tenantId) || domain.test(tenantId)) return [];
  return ['tenantId is neither a GUID nor a domain name'];
}

function toAddresses(value: AddressOption): MailAddress[] {
  if (typeof value === 'string') return parseAddresses(value);
  const { name, address = '' } = ownProperties(value ?? {});
  const [parsed] = parseAddresses(String(address ?? ''));
  return [{ name: name ?? parsed?.name ?? '', address: parsed?.address ?? '' }];
}

function toOrigin(value: string, isInsecure: boolean): { origin: string; problem?: string } {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    return { origin: '', problem: `is not a URL, such as ${CLOUDS.global.graphEndpoint}` };
  }
  const url = new URL(value);
  const { origin } = url;
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (url.username || url.password) return { origin, problem: 'must not hold a user name or password' };
  if (url.pathname !== '/' || url.search || url.hash) {
    return { origin, problem: `must be a bare origin${isWeb ? `: ${origin}` : ''}, without path or version` };
  }
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && (loopback || isInsecure))) {
    const problem =
      'must begin with https:// (http is for loopback addresses only, and with insecureSandbox for a sandbox in another container)';
    return { origin, problem };
  }
  return { origin };
}
