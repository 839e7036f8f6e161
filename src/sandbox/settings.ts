import { isGuid } from './is-guid';

/** A mailbox of the sandbox's tenant. */
export interface SandboxMailbox {
  /** The object id, a GUID. */
  id: string;
  /** What the path of a request may name it by, beside the id. */
  userPrincipalName: string;
  /** The name in its From. */
  displayName: string;
  /** Addresses that mail may come from, but that the path of a request does not take. */
  aliases?: string[];
  /** Addresses of others for which this mailbox holds the Send As right. */
  sendAs?: string[];
  /**
   * `unlicensed` has no mailbox behind it, `on-premises` has one outside of Exchange Online, `disabled` is a blocked
   * account, and from `access-denied` an application access policy keeps the app.
   * @default 'ok'
   */
  state?: 'ok' | 'unlicensed' | 'on-premises' | 'disabled' | 'access-denied';
}

/** Sizes and counts, in the strict reading of limits whose exact value nobody documents. */
export interface SandboxLimits {
  /** The largest request body that is taken, in bytes. @default 4_000_000 */
  requestBytes: number;
  /** An attachment must be smaller than this many raw bytes. @default 3_000_000 */
  attachmentBytes: number;
  /** The most recipients of one message, To, Cc and Bcc together. @default 500 */
  recipients: number;
  /**
   * The smallest file that an upload session takes, in bytes; 3 * 2 ** 20 is the other reading of its 3 MB.
   * @default 3_000_000
   */
  sessionMinimumBytes: number;
  /** The largest file that an upload session takes, in bytes. @default 150_000_000 */
  sessionMaximumBytes: number;
  /** One range of an upload must be smaller than this many bytes. @default 4_000_000 */
  rangeBytes: number;
  /** The largest message that is sent: its body and the raw bytes of its attachments. @default 150_000_000 */
  messageBytes: number;
  /** The most requests to Graph for one mailbox at the same time; one more is answered 429. @default 4 */
  concurrentRequests: number;
}

/** What `createSandbox()` takes: the scene that the client meets. */
export interface SandboxOptions {
  /** The GUID of the tenant, made up by default. Token requests name it or `tenantDomain`. */
  tenantId?: string;
  /** @default 'contoso.example' */
  tenantDomain?: string;
  /** The GUID of the one app that is registered, made up by default. */
  clientId?: string;
  /** @default 'sandbox-client-secret' */
  clientSecret?: string;
  /**
   * `expired` answers the right secret with AADSTS7000222.
   * @default 'valid'
   */
  secretState?: 'valid' | 'expired';
  /** The first one is the client's `userId`. By default app@, sales@ and ceo@contoso.example. */
  mailboxes?: SandboxMailbox[];
  /**
   * Application permissions that tokens carry; an empty list is an app without admin consent.
   * @default ['Mail.Send', 'Mail.ReadWrite']
   */
  roles?: string[];
  /**
   * Permissions that the app has by Exchange's RBAC for Applications, which tokens do not show. They come on top of
   * `roles`.
   * @default []
   */
  rbac?: string[];
  /**
   * Delegated permissions that tokens carry in place of `roles`, as if a user had signed in: the one of the first
   * mailbox, and only that mailbox is open to them. Entra gives no such token to an app alone, but a credential of
   * another kind may bring one.
   * @default []
   */
  scp?: string[];
  /** Other limits than the usual ones. */
  limits?: Partial<SandboxLimits>;
  /** The clock, in milliseconds as Date.now counts them. @default Date.now */
  now?: () => number;
  /** Seconds that a token is valid. @default 3599 */
  tokenLifetime?: number;
  /** Seconds that an upload session takes ranges. @default 3600 */
  uploadSessionLifetime?: number;
  /** Milliseconds that every request to Graph takes before it is answered, on the machine's clock. @default 0 */
  latency?: number;
  /**
   * How long the search for messages misses one that is new or has changed: so many searches in its mailbox, or
   * milliseconds of `now`, or both. Its id leads to it all the time.
   * @default {}
   */
  searchDelay?: { finds?: number; ms?: number };
  /**
   * What stays of an attachment that came by an upload session: its bytes, or only their number and hash, so that a
   * measurement of a client's memory does not see the sandbox's.
   * @default 'all'
   */
  keepContent?: 'all' | 'hash';
  /** The most messages that are kept, and the most drafts; the oldest go first. @default 10_000 */
  maxMessages?: number;
  /**
   * About the most bytes that messages and drafts take up in memory; the oldest messages go first, the newest one
   * stays in any case. @default 256_000_000
   */
  maxBytes?: number;
  /**
   * A folder in which messages are kept as well, each as `.eml` and as JSON, and from which they are read again at
   * the start. It is made where it is missing. Removing a message removes its files.
   */
  store?: string;
  /** @default 'https://login.microsoftonline.com' */
  authorityHost?: string;
  /**
   * Also the resource that tokens are issued for, so the scope is this and `/.default`.
   * @default 'https://graph.microsoft.com'
   */
  graphEndpoint?: string;
  /** Where the URLs of upload sessions lead: not to Graph, as a rule. @default 'https://outlook.office.com' */
  uploadOrigin?: string;
}

/** The options with every default filled in. */
export type SandboxSettings = Readonly<Required<Omit<SandboxOptions, 'limits' | 'store'>>> & {
  readonly limits: Readonly<SandboxLimits>;
  readonly store?: string;
};

const DEFAULT_LIMITS: SandboxLimits = {
  requestBytes: 4_000_000,
  attachmentBytes: 3_000_000,
  recipients: 500,
  sessionMinimumBytes: 3_000_000,
  sessionMaximumBytes: 150_000_000,
  rangeBytes: 4_000_000,
  messageBytes: 150_000_000,
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
 * @throws TypeError given no mailbox, a mailbox id that is no GUID, no secret, or a number that would switch a
 * check off
 */
export function resolveSettings(options: SandboxOptions): SandboxSettings {
  const settings: SandboxSettings = {
    tenantId: options.tenantId ?? '5f1d2c9e-8a4b-4f0e-b1c3-6d7e8f901234',
    tenantDomain: options.tenantDomain ?? 'contoso.example',
    clientId: options.clientId ?? '0c1b7a35-2d6e-4b8f-9a10-3e4f5a6b7c8d',
    clientSecret: options.clientSecret ?? 'sandbox-client-secret',
    secretState: options.secretState ?? 'valid',
    mailboxes: options.mailboxes ?? DEFAULT_MAILBOXES,
    roles: options.roles ?? ['Mail.Send', 'Mail.ReadWrite'],
    rbac: options.rbac ?? [],
    scp: options.scp ?? [],
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    now: options.now ?? Date.now,
    tokenLifetime: options.tokenLifetime ?? 3599,
    uploadSessionLifetime: options.uploadSessionLifetime ?? 3600,
    latency: options.latency ?? 0,
    searchDelay: options.searchDelay ?? {},
    keepContent: options.keepContent ?? 'all',
    maxMessages: options.maxMessages ?? 10_000,
    maxBytes: options.maxBytes ?? 256_000_000,
    store: options.store,
    authorityHost: withoutTrailingSlash(options.authorityHost ?? 'https://login.microsoftonline.com'),
    graphEndpoint: withoutTrailingSlash(options.graphEndpoint ?? 'https://graph.microsoft.com'),
    uploadOrigin: withoutTrailingSlash(options.uploadOrigin ?? 'https://outlook.office.com'),
  };
  if (settings.mailboxes.length === 0)
    throw new TypeError('Expected `mailboxes` to hold at least one mailbox');
  if (settings.clientSecret === '') throw new TypeError('Expected `clientSecret` not to be empty');
  for (const { id } of settings.mailboxes) {
    if (!isGuid(id)) throw new TypeError(`Expected the id of a mailbox to be a GUID, got ${id}`);
  }
  const { limits, tokenLifetime, uploadSessionLifetime, latency, searchDelay, maxMessages, maxBytes } =
    settings;
  if (maxMessages === 0) throw new TypeError('Expected `maxMessages` to be an integer from 1 and up, got 0');
  const times = { tokenLifetime, uploadSessionLifetime, latency, ...searchDelay };
  const numbers = { ...limits, ...times, maxMessages, maxBytes };
  for (const [name, value] of Object.entries(numbers)) requireCount(name, value);
  return settings;
}

/** @throws TypeError */
export function requireCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`Expected \`${name}\` to be an integer from 0 and up, got ${value}`);
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
