/** A mailbox of the sandbox's tenant. */
export interface SandboxMailbox {
  /** The object id, a GUID. */
  id: string;
  /** What the path of a request may name it by, beside the id. */
  userPrincipalName: string;
  /** The name in its From. */
  displayName: string;
  /** Addresses that mail may come from and go to, but that the path of a request does not take. */
  aliases?: string[];
  /** Addresses of others for which this mailbox holds the Send As right. */
  sendAs?: string[];
  /**
   * `unlicensed` has no mailbox behind it, `on-premises` has one outside of Exchange Online, `disabled` is a blocked
   * account, and from `access-denied` an application access policy keeps the app.
   * @default 'ok'
   */
  state?: 'ok' | 'unlicensed' | 'on-premises' | 'disabled' | 'access-denied';
  /**
   * The largest message that this mailbox sends, in bytes, as an admin sets it: up to 150 MB.
   * @default the limit `messageBytes`
   */
  messageBytes?: number;
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
  /**
   * The largest message of a mailbox: its body and the raw bytes of its attachments. It is refused by the range of an
   * upload that crosses it, which is reported, and else when it is sent. 35 MB is the documented default of Exchange.
   * @default 35_000_000
   */
  messageBytes: number;
  /** The most attachments of one message, which is documented. @default 250 */
  attachments: number;
  /** The most bytes that the headers of one message take up; 256 KB are documented. @default 256_000 */
  headerBytes: number;
  /** The most requests to Graph for one mailbox at the same time; one more is answered 429. @default 4 */
  concurrentRequests: number;
}

/** How long the search lags behind. Given both numbers, both have to pass. */
export interface SandboxDelay {
  /** So many searches of the place where the message is, each page being one. @default 0 */
  finds?: number;
  /** Milliseconds of `now`. @default 0 */
  ms?: number;
}

/** How the search lags: `finds` and `ms` are for new drafts and for sent copies alike, and the rest goes before them. */
export interface SandboxSearchDelay extends SandboxDelay {
  /** For how long a search misses a draft that is new or has changed. */
  drafts?: SandboxDelay;
  /**
   * For how long a search misses the copy of a message that was sent, by whichever route, and what has arrived in an
   * Inbox.
   */
  sentItems?: SandboxDelay;
  /** For how long a search still shows a draft that was sent or deleted, as it was in Drafts. */
  stale?: SandboxDelay;
}

/** What `createSandbox()` takes: the scene that the client meets. */
export interface SandboxOptions {
  /** The GUID of the tenant, made up by default. Token requests name it, `tenantDomain` or the domain of a mailbox. */
  tenantId?: string;
  /** @default the domain of the first mailbox, if that is given by its address, else 'contoso.example' */
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
  /**
   * Whether the tenant has Exchange Online. A tenant without gets good tokens from Entra, and 401
   * OrganizationFromTenantGuidNotFound for every mailbox.
   * @default true
   */
  exchangeOnline?: boolean;
  /**
   * The first one is the client's `userId`. One that is given by its address alone has an id and a name made from it.
   * By default app@, sales@ and ceo@contoso.example.
   */
  mailboxes?: (string | SandboxMailbox)[];
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
  /**
   * Where the ids come from that clients are shown (of messages, folders, attachments, upload sessions and requests)
   * and the secrets of tokens and upload URLs: numbers from 0 up to 1, as of Math.random. With a seeded source and the
   * same requests a sandbox gives the same answers again, and secrets that can be guessed.
   * @default the system's secure random numbers
   */
  random?: () => number;
  /** Seconds that a token is valid. @default 3599 */
  tokenLifetime?: number;
  /** Seconds that an upload session takes ranges. @default 3600 */
  uploadSessionLifetime?: number;
  /** Milliseconds that every request to Graph takes before it is answered, on the machine's clock. @default 0 */
  latency?: number;
  /**
   * How far the search for messages lags behind. The id of a message leads to it all the time. That the search lags is
   * reported, for how long is not known.
   * @default {}
   */
  searchDelay?: SandboxSearchDelay;
  /**
   * How precise the times of messages and attachments are that clients are shown. That the service shows whole seconds
   * is recorded; milliseconds are for a client that has to cope with both.
   * @default 'seconds'
   */
  timePrecision?: 'seconds' | 'milliseconds';
  /**
   * Whether the immutable id of a draft leads to the copy in Sent Items once the draft was sent. Documents say that it
   * does and that it does not, and it was reported not to: then the copy has another immutable id, and the draft's
   * answers 404. The usual id dies in any case, which is documented.
   * @default false
   */
  immutableIdsOutliveSending?: boolean;
  /**
   * Where a DELETE leads: out of sight, or to Deleted Items, where searches of the whole mailbox still find the message
   * by another id, and a second DELETE takes it out of sight. Which of the two the service does with a draft is not
   * documented; the first is reported.
   * @default 'recoverableItems'
   */
  deleteLeadsTo?: 'recoverableItems' | 'deletedItems';
  /**
   * How a second DELETE by the usual id of a message is answered: 403 ErrorCannotDeleteObject as by the immutable id,
   * or 404 ErrorItemNotFound. Both are reported. A message that was sent has left its usual id: 404 either way.
   * @default 'cannotDelete'
   */
  secondDelete?: 'notFound' | 'cannotDelete';
  /**
   * The status of a request that is over the limit `requestBytes`: 413 RequestEntityTooLarge or 400 BadRequest. Both
   * are reported.
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
   * Whether an extended property of PS_INTERNET_HEADERS (`String {00020386-0000-0000-C000-000000000046} Name x`) is a
   * header of the message that arrives. That it is, is documented ([MS-OXCMAIL] 2.1.3.2.4), and was not seen.
   * @default true
   */
  namedHeadersOnTheWire?: boolean;
  /**
   * The most messages in one page of a search, from 1 to 1000, whatever `$top` asks for. That a page may hold fewer than
   * were asked for, and a link to the next one, is documented. @default 1000
   */
  pageSize?: number;
  /**
   * Whether each search begins with a page that holds nothing but a link to the next one, and ends with one that holds
   * nothing. That a page may be empty and not the last is documented.
   * @default false
   */
  emptyPages?: boolean;
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
  /**
   * Whether a refusal that comes of the sandbox's settings (a mailbox, From, tenant, client or secret that it does not
   * know) ends with a sentence of the sandbox's own: that this is the sandbox, what it has, and how to add to it. It
   * stands behind the service's own sentence, in the same text.
   * @default true for `startSandbox()`, false for `createSandbox()`
   */
  explain?: boolean;
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
export type SandboxSettings = Readonly<
  Required<Omit<SandboxOptions, 'limits' | 'store' | 'searchDelay' | 'mailboxes'>>
> & {
  readonly mailboxes: readonly SandboxMailbox[];
  readonly limits: Readonly<SandboxLimits>;
  readonly searchDelay: Readonly<Record<'drafts' | 'sentItems' | 'stale', Required<SandboxDelay>>>;
  readonly store?: string;
  /** What a sandbox that listens is called, beside this machine's own names. */
  readonly allowedHosts: readonly string[];
};
