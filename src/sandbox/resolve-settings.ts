import { randomInt } from 'node:crypto';
import { machineClock } from './clock';
import type {
  SandboxDelay,
  SandboxLimits,
  SandboxMailbox,
  SandboxOptions,
  SandboxSearchDelay,
  SandboxSettings,
} from './settings';
import { domainOf, isGuid, isMailboxAddress, toMailbox } from './tenant/mailbox-address';
import { mailboxNamed } from './tenant/mailboxes';

const DEFAULT_LIMITS: SandboxLimits = {
  requestBytes: 4_000_000,
  attachmentBytes: 3_000_000,
  recipients: 500,
  sessionMinimumBytes: 3_000_000,
  sessionMaximumBytes: 150_000_000,
  rangeBytes: 4_000_000,
  messageBytes: 35_000_000,
  attachments: 250,
  headerBytes: 256_000,
  concurrentRequests: 4,
};

const DEFAULT_MAILBOXES: SandboxMailbox[] = [
  {
    id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
    userPrincipalName: 'app@contoso.example',
    displayName: 'Contoso App',
  },
  {
    id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a02',
    userPrincipalName: 'sales@contoso.example',
    displayName: 'Contoso Sales',
  },
  {
    id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a03',
    userPrincipalName: 'ceo@contoso.example',
    displayName: 'Contoso CEO',
  },
];

/**
 * @throws TypeError without a mailbox or a secret, if a mailbox is not an address or its id not a GUID, or if a number
 * would disable a check
 */
export function resolveSettings(options: SandboxOptions): Omit<SandboxSettings, 'allowedHosts'> {
  const mailboxes = toMailboxes(options.mailboxes ?? DEFAULT_MAILBOXES);
  const [first] = options.mailboxes ?? [];
  const settings: ReturnType<typeof resolveSettings> = {
    tenantId: options.tenantId ?? '5f1d2c9e-8a4b-4f0e-b1c3-6d7e8f901234',
    tenantDomain: options.tenantDomain ?? (typeof first === 'string' ? domainOf(first) : 'contoso.example'),
    clientId: options.clientId ?? '0c1b7a35-2d6e-4b8f-9a10-3e4f5a6b7c8d',
    clientSecret: options.clientSecret ?? 'sandbox-client-secret',
    secretState: options.secretState ?? 'valid',
    exchangeOnline: options.exchangeOnline ?? true,
    traceServicePrincipal: options.traceServicePrincipal ?? true,
    traceDelay: options.traceDelay ?? 0,
    mailboxes,
    roles: options.roles ?? ['Mail.Send', 'Mail.ReadWrite'],
    rbac: options.rbac ?? [],
    scp: options.scp ?? [],
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    now: options.now ?? machineClock(),
    random: options.random ?? secureRandom,
    tokenLifetime: options.tokenLifetime ?? 3599,
    uploadSessionLifetime: options.uploadSessionLifetime ?? 3600,
    latency: options.latency ?? 0,
    searchDelay: resolveSearchDelay(options.searchDelay),
    timePrecision: options.timePrecision ?? 'seconds',
    immutableIdsOutliveSending: options.immutableIdsOutliveSending ?? false,
    deleteLeadsTo: options.deleteLeadsTo ?? 'recoverableItems',
    secondDelete: options.secondDelete ?? 'cannotDelete',
    oversizedRequest: options.oversizedRequest ?? 413,
    uploadAnswerNames: options.uploadAnswerNames ?? 'camelCase',
    namedHeadersOnTheWire: options.namedHeadersOnTheWire ?? true,
    pageSize: options.pageSize ?? 1000,
    emptyPages: options.emptyPages ?? false,
    keepContent: options.keepContent ?? 'all',
    maxMessages: options.maxMessages ?? 10_000,
    maxBytes: options.maxBytes ?? 256_000_000,
    store: options.store,
    explain: options.explain ?? false,
    authorityHost: withoutTrailingSlash(options.authorityHost ?? 'https://login.microsoftonline.com'),
    graphEndpoint: withoutTrailingSlash(options.graphEndpoint ?? 'https://graph.microsoft.com'),
    uploadOrigin: withoutTrailingSlash(options.uploadOrigin ?? 'https://outlook.office.com'),
  };
  if (settings.mailboxes.length === 0)
    throw new TypeError('Expected `mailboxes` to hold at least one mailbox');
  if (settings.clientSecret === '') throw new TypeError('Expected `clientSecret` not to be empty');
  for (const { id, messageBytes = 0 } of settings.mailboxes) {
    if (!isGuid(id)) throw new TypeError(`Expected the id of a mailbox to be a GUID, got ${id}`);
    requireCount('messageBytes', messageBytes);
  }
  requireOneOf('timePrecision', settings.timePrecision, ['seconds', 'milliseconds']);
  requireOneOf('deleteLeadsTo', settings.deleteLeadsTo, ['recoverableItems', 'deletedItems']);
  requireOneOf('secondDelete', settings.secondDelete, ['notFound', 'cannotDelete']);
  requireOneOf('oversizedRequest', settings.oversizedRequest, [413, 400]);
  requireOneOf('uploadAnswerNames', settings.uploadAnswerNames, ['camelCase', 'PascalCase']);
  requireOneOf('exchangeOnline', settings.exchangeOnline, [true, false]);
  requireOneOf('traceServicePrincipal', settings.traceServicePrincipal, [true, false]);
  requireOneOf('immutableIdsOutliveSending', settings.immutableIdsOutliveSending, [true, false]);
  requireOneOf('namedHeadersOnTheWire', settings.namedHeadersOnTheWire, [true, false]);
  requireOneOf('explain', settings.explain, [true, false]);
  requireOneOf('emptyPages', settings.emptyPages, [true, false]);
  if (typeof settings.random !== 'function') throw new TypeError('Expected `random` to be a function');
  const { limits, tokenLifetime, uploadSessionLifetime, latency, pageSize, maxMessages, maxBytes } = settings;
  if (!(pageSize >= 1 && pageSize <= 1000)) {
    throw new TypeError(`Expected \`pageSize\` to be an integer from 1 to 1000, got ${pageSize}`);
  }
  if (maxMessages === 0) throw new TypeError('Expected `maxMessages` to be an integer from 1 and up, got 0');
  const { traceDelay } = settings;
  const times = { tokenLifetime, uploadSessionLifetime, latency, traceDelay };
  const numbers = { ...limits, ...times, pageSize, maxMessages, maxBytes };
  for (const [name, value] of Object.entries(numbers)) requireCount(name, value);
  return settings;
}

/** An address that is given twice is one mailbox. @throws TypeError */
function toMailboxes(given: readonly (string | SandboxMailbox)[]): SandboxMailbox[] {
  const mailboxes: SandboxMailbox[] = [];
  for (const mailbox of given) {
    if (typeof mailbox !== 'string') {
      mailboxes.push(mailbox);
    } else if (!isMailboxAddress(mailbox)) {
      throw new TypeError(
        `Expected \`mailboxes\` to hold addresses such as orders@contoso.com, or objects, got ${JSON.stringify(mailbox)}`,
      );
    } else if (mailboxNamed(mailboxes, mailbox) === undefined) {
      mailboxes.push(toMailbox(mailbox));
    }
  }
  return mailboxes;
}

/** @throws TypeError */
export function requireCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`Expected \`${name}\` to be an integer from 0 and up, got ${value}`);
}

function resolveSearchDelay(given: SandboxSearchDelay = {}): SandboxSettings['searchDelay'] {
  const both = resolveDelay('searchDelay', given);
  return {
    drafts: resolveDelay('searchDelay.drafts', { ...both, ...given.drafts }),
    sentItems: resolveDelay('searchDelay.sentItems', { ...both, ...given.sentItems }),
    stale: resolveDelay('searchDelay.stale', given.stale),
  };
}

function resolveDelay(name: string, { finds = 0, ms = 0 }: SandboxDelay = {}): Required<SandboxDelay> {
  return { finds: requireCount(`${name}.finds`, finds), ms: requireCount(`${name}.ms`, ms) };
}

/** @throws TypeError */
function requireOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const listed = allowed.map((known) => JSON.stringify(known)).join(' or ');
  throw new TypeError(`Expected \`${name}\` to be ${listed}, got ${JSON.stringify(value)}`);
}

/** As many bits as the ids use. */
function secureRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
