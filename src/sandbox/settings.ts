// Longer than a file should be, because it is mostly the documentation of the settings.
/** A mailbox of the sandbox's tenant. */
export interface SandboxMailbox {
  /** The object id, a GUID. */
  id: string;
  /** Names the mailbox in the path of a request, as the id does. */
  userPrincipalName: string;
  /** The name in its From. */
  displayName: string;
  /** Addresses that it sends from and receives at. The path of a request does not accept them. */
  aliases?: string[];
  /** Addresses of others that it may send as. */
  sendAs?: string[];
  /**
   * `unlicensed` is a user without a mailbox, `on-premises` has one outside Exchange Online, `disabled` is a blocked
   * account, and an application access policy keeps the app out of `access-denied`.
   * @default 'ok'
   */
  state?: 'ok' | 'unlicensed' | 'on-premises' | 'disabled' | 'access-denied';
  /**
   * The largest message that it can send, in bytes, as an admin sets it: up to 150 MB.
   * @default the limit `messageBytes`
   */
  messageBytes?: number;
}

/** Sizes and counts, read strictly where the exact limit is not documented. */
export interface SandboxLimits {
  /** The largest request body, in bytes. @default 4_000_000 */
  requestBytes: number;
  /** An attachment must be smaller than this, in raw bytes. @default 3_000_000 */
  attachmentBytes: number;
  /** The maximum number of recipients in To, Cc and Bcc together. @default 500 */
  recipients: number;
  /**
   * The smallest file for an upload session, in bytes. Its documented 3 MB could also mean 3 * 2 ** 20.
   * @default 3_000_000
   */
  sessionMinimumBytes: number;
  /** The largest file for an upload session, in bytes. @default 150_000_000 */
  sessionMaximumBytes: number;
  /** A range of an upload must be smaller than this, in bytes. @default 4_000_000 */
  rangeBytes: number;
  /**
   * The largest message: its body and the raw bytes of its attachments. The range of an upload that crosses the limit
   * is refused, which is reported; otherwise the message is, when it is sent. 35 MB is the documented default of
   * Exchange.
   * @default 35_000_000
   */
  messageBytes: number;
  /** The documented maximum number of attachments. @default 250 */
  attachments: number;
  /** The maximum size of a message's headers, in bytes; 256 KB are documented. @default 256_000 */
  headerBytes: number;
  /** The maximum number of concurrent requests to Graph for one mailbox. More are answered with 429. @default 4 */
  concurrentRequests: number;
}

/** How long the search lags. If both numbers are given, both have to pass. */
export interface SandboxDelay {
  /** This many searches of the message's place; each page counts as one. @default 0 */
  finds?: number;
  /** Milliseconds of `now`. @default 0 */
  ms?: number;
}

/**
 * How the search lags. `finds` and `ms` are for new drafts and sent copies alike; the other properties override them.
 */
export interface SandboxSearchDelay extends SandboxDelay {
  /** How long a search misses a new or changed draft. */
  drafts?: SandboxDelay;
  /** How long a search misses the copy of a sent message, by any route, and a message that arrived in an Inbox. */
  sentItems?: SandboxDelay;
  /** How long a search still shows a draft that was sent or deleted, as it was in Drafts. */
  stale?: SandboxDelay;
}

/** Options of `createSandbox()`. */
export interface SandboxOptions {
  /**
   * The GUID of the tenant. Token requests name this, `tenantDomain` or the domain of a mailbox. @default a fixed GUID
   */
  tenantId?: string;
  /** @default the domain of the first mailbox, if that is given by its address; otherwise 'contoso.example' */
  tenantDomain?: string;
  /** The client id of the one registered app, a GUID. @default a fixed GUID */
  clientId?: string;
  /** @default 'sandbox-client-secret' */
  clientSecret?: string;
  /**
   * `expired` answers the right secret with AADSTS7000222.
   * @default 'valid'
   */
  secretState?: 'valid' | 'expired';
  /**
   * Whether the tenant has Exchange Online. Without it, Entra still issues tokens, and every mailbox is answered with
   * 401 OrganizationFromTenantGuidNotFound.
   * @default true
   */
  exchangeOnline?: boolean;
  /**
   * Whether the tenant has the service principal of the app behind the message trace. Without it, each trace is
   * answered with 401 Unauthorized.
   * @default true
   */
  traceServicePrincipal?: boolean;
  /** Milliseconds of the sandbox's clock until the message trace has a message. @default 0 */
  traceDelay?: number;
  /**
   * The first one is the client's `userId`. A mailbox that is given by its address gets an id and a name made from it.
   * @default app@, sales@ and ceo@contoso.example
   */
  mailboxes?: (string | SandboxMailbox)[];
  /**
   * Application permissions in the tokens. An empty list is an app without admin consent.
   * @default ['Mail.Send', 'Mail.ReadWrite']
   */
  roles?: string[];
  /**
   * Permissions by Exchange's RBAC for Applications, in addition to `roles`. Tokens do not show them.
   * @default []
   */
  rbac?: string[];
  /**
   * Delegated permissions in the tokens, instead of `roles`, as if the user of the first mailbox had signed in. Only
   * that mailbox is then accessible. Entra issues no such token to an app alone, but another kind of credential may
   * bring one.
   * @default []
   */
  scp?: string[];
  /** Overrides for the default limits. */
  limits?: Partial<SandboxLimits>;
  /** The clock, in milliseconds like Date.now. @default Date.now */
  now?: () => number;
  /**
   * The source of the ids that clients see (of messages, folders, attachments, upload sessions and requests) and of
   * the secrets in tokens and upload URLs: returns numbers from 0 up to 1, like Math.random. With a seeded source, the
   * same requests get the same answers, and the secrets can be guessed.
   * @default the system's secure random numbers
   */
  random?: () => number;
  /** How long a token is valid, in seconds. @default 3599 */
  tokenLifetime?: number;
  /** How long an upload session accepts ranges, in seconds. @default 3600 */
  uploadSessionLifetime?: number;
  /** Milliseconds that each request to Graph takes, on the machine's clock. @default 0 */
  latency?: number;
  /**
   * How far the search for messages lags. The id of a message finds it at any time. The lag is reported, its length is
   * not known.
   * @default {}
   */
  searchDelay?: SandboxSearchDelay;
  /**
   * The precision of the times of messages and attachments. The service is recorded to show whole seconds;
   * milliseconds are for a client that has to cope with both.
   * @default 'seconds'
   */
  timePrecision?: 'seconds' | 'milliseconds';
  /**
   * Whether the immutable id of a draft still leads to the copy in Sent Items once it was sent. Microsoft's documents
   * say both; reports say that it does not: the copy gets another immutable id, and the draft's answers 404. The usual
   * id never survives, which is documented.
   * @default false
   */
  immutableIdsOutliveSending?: boolean;
  /**
   * Where a DELETE moves a message: out of sight, or to Deleted Items, where a search of the whole mailbox still finds
   * it by another id, and a second DELETE moves it out of sight. What the service does with a draft is not documented;
   * the first is reported.
   * @default 'recoverableItems'
   */
  deleteLeadsTo?: 'recoverableItems' | 'deletedItems';
  /**
   * The answer to a second DELETE by the usual id: 403 ErrorCannotDeleteObject, as by the immutable id, or 404
   * ErrorItemNotFound. Both are reported. A message that was sent has lost its usual id, so the answer is always 404.
   * @default 'cannotDelete'
   */
  secondDelete?: 'notFound' | 'cannotDelete';
  /**
   * The status of a request over the limit `requestBytes`: 413 RequestEntityTooLarge or 400 BadRequest. Both are
   * reported.
   * @default 413
   */
  oversizedRequest?: 413 | 400;
  /**
   * How the answers of an upload URL spell their properties: `nextExpectedRanges`, or `NextExpectedRanges` as in the
   * documented answer to a range.
   * @default 'camelCase'
   */
  uploadAnswerNames?: 'camelCase' | 'PascalCase';
  /**
   * Whether an extended property of PS_INTERNET_HEADERS (`String {00020386-0000-0000-C000-000000000046} Name x`)
   * becomes a header of the message that arrives. It is documented ([MS-OXCMAIL] 2.1.3.2.4), but no
   * observation of it is known.
   * @default true
   */
  namedHeadersOnTheWire?: boolean;
  /**
   * The maximum number of messages in a page of a search, from 1 to 1000, whatever `$top` asks for. A page may hold
   * fewer than asked for, with a link to the next one: that is documented.
   * @default 1000
   */
  pageSize?: number;
  /**
   * Whether each search starts with an empty page, which has only a link to the next one, and ends with an empty page.
   * It is documented that a page may be empty without being the last.
   * @default false
   */
  emptyPages?: boolean;
  /**
   * What to keep of an uploaded attachment: its bytes, or only their number and hash, which keeps the sandbox out of
   * measurements of a client's memory.
   * @default 'all'
   */
  keepContent?: 'all' | 'hash';
  /** The maximum number of messages, and of drafts. The oldest are dropped first. @default 10_000 */
  maxMessages?: number;
  /**
   * About how much memory messages and drafts may take, in bytes. The oldest messages are dropped first; the newest
   * always stays.
   * @default 256_000_000
   */
  maxBytes?: number;
  /**
   * A folder that also keeps messages, each as `.eml` and as JSON, and is read again at the start. It is created if
   * missing. Removing a message removes its files.
   */
  store?: string;
  /**
   * Whether a refusal that is due to the sandbox's settings (an unknown mailbox, From, tenant, client or secret) ends
   * with a sentence of its own: that this is the sandbox, what it has, and how to add to it. It follows the service's
   * own sentence, in the same text.
   * @default true for `startSandbox()`, false for `createSandbox()`
   */
  explain?: boolean;
  /** @default 'https://login.microsoftonline.com' */
  authorityHost?: string;
  /**
   * Also the resource of tokens, so the scope is this plus `/.default`.
   * @default 'https://graph.microsoft.com'
   */
  graphEndpoint?: string;
  /** The origin of upload URLs. It is usually not Graph. @default 'https://outlook.office.com' */
  uploadOrigin?: string;
}

/** The options with every default filled in. */
export type SandboxSettings = Readonly<
  Required<Omit<SandboxOptions, 'limits' | 'store' | 'searchDelay' | 'mailboxes'>>
> & {
  readonly mailboxes: readonly SandboxMailbox[];
  readonly limits: Readonly<SandboxLimits>;
  readonly searchDelay: Readonly<Record<'drafts' | 'sentItems' | 'stale', Required<SandboxDelay>>>;
  readonly store?: string;
  /** The names of a listening sandbox, besides this machine's own. */
  readonly allowedHosts: readonly string[];
};
