// Longer than a file should be, because it is mostly the documentation of the options.
import type { Dispatcher } from 'undici';
import type { MailAddress } from '../mime/address';
import type { ClientSecretOf } from './client-secret';
import type { CloudName } from './clouds';
import type { TlsOptions } from './tls-options';

/**
 * What supplies access tokens: any of Azure's credentials, or your own object. Azure's type of the same name is
 * not used here: the types that it depends on do not compile in a CommonJS app without `skipLibCheck`.
 */
export interface TokenCredential {
  /**
   * Returns a token for a scope; null counts as a failure.
   *
   * @param options `claims`: the claims that Graph demands in the token, from its challenge
   */
  getToken(scopes: string | string[], options?: { claims?: string }): Promise<AccessToken | null>;
}

/** A token, in the form that Azure's credentials return. */
export interface AccessToken {
  /** The token itself. */
  token: string;
  /** When it expires, in milliseconds since 1970. */
  expiresOnTimestamp: number;
}

/** What a `userId` function gets to choose the mailbox by. */
export interface MailboxQuestion {
  /** The message's From, or else the `from` option; undefined if there is neither. */
  from: MailAddress | undefined;
  /** Who gets the message. */
  envelope: { from: string | false; to: string[] };
}

/** Returns the mailbox that sends a message, as object id or user principal name. */
export type UserIdOf = (message: MailboxQuestion) => string | Promise<string>;

/** An address in Nodemailer's forms: `'Ann <ann@example.com>'` or an object with name and address. */
export type AddressOption = string | { name?: string; address: string };

/** A log method in bunyan's style: data first, then a printf-style message. */
export type LogMethod = (data: object, message?: string, ...args: unknown[]) => unknown;

/** A logger in the style of bunyan or pino, as Nodemailer accepts it. */
export interface TransportLogger {
  /** Not used. */
  trace: LogMethod;
  /** A message was handed over, upload progress, and with `debug` each request. */
  debug: LogMethod;
  /** What succeeded. */
  info: LogMethod;
  /** What is retried, was left out, or is in doubt. */
  warn: LogMethod;
  /** What failed. */
  error: LogMethod;
  /** Not used. */
  fatal: LogMethod;
}

/**
 * The options of `graphTransport()`. If an option that has an environment variable is not given, the variable
 * is read.
 */
export interface GraphTransportOptions {
  /**
   * The Entra tenant of the app: its GUID ("Directory (tenant) ID") or a verified domain name.
   * Environment: `AZURE_TENANT_ID`. Not needed with `credential`.
   */
  tenantId?: string | undefined;
  /** The app registration's "Application (client) ID". Environment: `AZURE_CLIENT_ID`. Not needed with `credential`. */
  clientId?: string | undefined;
  /**
   * The value (not the ID) of a client secret of that app, or a function that returns it, for instance from a
   * vault. The function is called when the first token is needed, and again whenever Entra says that the secret
   * is wrong or has expired. Environment: `AZURE_CLIENT_SECRET`. Not needed with `credential`.
   */
  clientSecret?: string | Promise<string> | ClientSecretOf | undefined;
  /**
   * Path of a file that holds the client secret, such as a secret mounted by Docker or Kubernetes, instead of
   * `clientSecret`. The file is read when the first token is needed, and again whenever Entra says that the
   * secret is wrong or has expired. White space around the secret is ignored. Environment:
   * `AZURE_CLIENT_SECRET_FILE`.
   */
  clientSecretFile?: string | undefined;
  /**
   * The sending mailbox, as object id or user principal name; an alias does not work. Or a function that
   * chooses it for each message, for instance to send from the mailbox in From. Environment: `GRAPH_USER_ID`.
   */
  userId?: string | UserIdOf | undefined;
  /**
   * Origin of Entra's token service: https, or http on loopback. Environment: `AZURE_AUTHORITY_HOST`.
   *
   * @default that of `cloud`: 'https://login.microsoftonline.com'
   */
  authorityHost?: string | undefined;
  /**
   * Origin of Microsoft Graph, without `/v1.0`: https, or http on loopback. Tokens are requested for the scope
   * `<graphEndpoint>/.default`. Environment: `GRAPH_ENDPOINT`.
   *
   * @default that of `cloud`: 'https://graph.microsoft.com'
   */
  graphEndpoint?: string | undefined;
  /**
   * Allows plain http to a sandbox on another machine, such as a container next to this one: `graphEndpoint` and
   * `authorityHost` must both be given as http, on the same host. It is refused together with `cloud`, `credential`
   * and every host of Microsoft's, and the log says that it is on: the secret and all mail can be read on the way.
   * Environment: `GRAPH_INSECURE_SANDBOX`, which is `true` or `false`.
   * @default false
   */
  insecureSandbox?: boolean | undefined;
  /**
   * Any Azure `TokenCredential` (certificate, managed identity, workload identity …) that supplies tokens
   * instead of a client secret. `tenantId`, `clientId` and `clientSecret` are then not needed, and not read
   * from the environment.
   */
  credential?: TokenCredential | undefined;
  /** From for messages that have none. Without it, such messages come from the mailbox itself. */
  from?: AddressOption | undefined;
  /** Reply-To for messages that have none. */
  replyTo?: AddressOption | AddressOption[] | undefined;
  /**
   * Whether Exchange keeps a copy of each message in the mailbox's Sent Items. If not, the copy of a draft or a
   * message as MIME is deleted after sending, which takes the permission `Mail.ReadWrite` and up to five seconds. With
   * `delivery: 'exactly-once'` it stays.
   * @default true
   */
  saveToSentItems?: boolean | undefined;
  /**
   * `auto` sends Graph's JSON, and uses MIME for what JSON cannot carry whole (signed and encrypted mail,
   * invitations, headers that JSON cannot carry); `json` and `mime` force one of them.
   *
   * @default 'auto'
   */
  format?: 'auto' | 'json' | 'mime' | undefined;
  /**
   * Instead of refusing a message because something in it cannot be carried on its route, sends the rest: the
   * loss is logged as a warning and listed in `info.dropped`.
   *
   * @default false
   */
  lossy?: boolean | undefined;
  /**
   * `at-most-once` sends in one request where it can, and never resends what may have been sent: the error for
   * an unknown outcome is `ambiguous`. `exactly-once` sends every message as a draft marked with its Message-ID
   * and asks the mailbox after an unknown outcome. It does not send a message again that was sent under that
   * Message-ID, by any process. It needs the permission `Mail.ReadWrite`.
   *
   * @default 'at-most-once'
   */
  delivery?: 'at-most-once' | 'exactly-once' | undefined;
  /**
   * With `delivery: 'exactly-once'`: how many milliseconds a mailbox's search may take to show what another
   * process has sent. That long after its draft was created, a message is searched for once more before it is
   * sent; 0 saves that request and the wait. `retry.maxDelay` caps it. Microsoft does not document how long
   * Exchange takes.
   *
   * @default 1000
   */
  searchLag?: number | undefined;
  /**
   * The most bytes of decoded attachments in a message. A larger message is refused as soon as that is known,
   * without reading on. The mailbox has its own limit, 35 MB unless raised.
   *
   * @default 150_000_000, the most that Graph accepts in one attachment
   */
  maxMessageSize?: number | undefined;
  /**
   * Messages of one mailbox that are sent at once. Graph serves four requests at once and answers further ones
   * with 429 (Microsoft Graph documentation, concepts/throttling-limits.md).
   *
   * @default 4
   */
  maxConnections?: number | undefined;
  /**
   * Messages that are sent at once from all mailboxes together.
   *
   * @default no limit
   */
  maxTotalConnections?: number | undefined;
  /**
   * Messages of one mailbox that may start within `rateDelta`. Exchange Online is said to send 30 a minute and
   * to delay any beyond that.
   *
   * @default no limit
   */
  rateLimit?: number | undefined;
  /**
   * The window of `rateLimit`, in milliseconds.
   *
   * @default 1000
   */
  rateDelta?: number | undefined;
  /**
   * Messages that may wait for their turn; beyond that, a message is refused with `ECONNECTION`.
   *
   * @default no limit
   */
  maxQueue?: number | undefined;
  /**
   * How often and with what waits a request is retried that was certainly not carried out: because it was
   * throttled (429, 503) or there was no connection. A request that may have sent the message is never retried.
   */
  retry?: RetryOptions | undefined;
  /**
   * Milliseconds to wait for a connection. A `dispatcher` of your own has its own timeout.
   *
   * @default 30_000
   */
  connectionTimeout?: number | undefined;
  /**
   * Milliseconds that Graph may stay silent during a request before the request is given up.
   *
   * @default 120_000
   */
  socketTimeout?: number | undefined;
  /**
   * Milliseconds that a message may take in total once its turn has come: tokens, uploads, retries and the
   * waits between them.
   *
   * @default 600_000
   */
  timeout?: number | undefined;
  /**
   * The undici 7 Dispatcher (`Agent`, `ProxyAgent` …) for all requests, including those for tokens. It remains
   * yours: `close()` does not close it. Without it, the transport creates its own `Agent`.
   */
  dispatcher?: Dispatcher | undefined;
  /**
   * Whether V8 optimises undici's HTTP parser only after about a hundred answers, not after the first one to three.
   * That spares the first mail of a process a tenth of a second of CPU and 30 MB on Node 20, and less on later ones
   * (measured: `npm run bench:cold`).
   *
   * V8 has no setting for one module. So its flag `--wasm-tiering-budget` is changed, and set back, within one turn of
   * the event loop: when the first transport of the process is made. Set this to `false` if nothing may change
   * V8's flags. They stay as they are in worker threads, in Electron, Bun and Deno, on other versions than Node 20, 22
   * and 24, where Node was started with flags for WebAssembly or with read-only flags, and with a `dispatcher` of yours.
   *
   * @default true
   */
  tuneV8?: boolean | undefined;
  /**
   * A logger in the style of bunyan or pino, or `true` for Nodemailer's console logger.
   *
   * @default false
   */
  logger?: TransportLogger | boolean | undefined;
  /**
   * Whether to log each request too, at level `debug` and without its body.
   *
   * @default false
   */
  debug?: boolean | undefined;
  /**
   * The `component` of log entries.
   * @default 'graph-transport'
   */
  component?: string | undefined;
  /**
   * The Microsoft cloud that hosts the tenant. It sets `graphEndpoint` and `authorityHost`. If you give these
   * as well, they take precedence and must belong to the same cloud. Environment: `GRAPH_CLOUD`.
   *
   * @default 'global'
   */
  cloud?: CloudName | undefined;
  /**
   * URL of the HTTP proxy for all requests, including those for tokens and uploads, with user name and password
   * if it requires them: `http://user:password@proxy.example:3128`. Cannot be combined with `dispatcher`.
   *
   * @default the environment's `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which are ignored for endpoints on
   *   this machine
   */
  proxy?: string | undefined;
  /**
   * How connections are secured, such as extra certificate authorities to trust. Cannot be combined with
   * `dispatcher`.
   */
  tls?: TlsOptions | undefined;
  /**
   * The app that `transport.trace()` asks as: its permission is about the mail of the whole tenant, so it is better
   * kept from the app that sends. Its own client id and secret in the same tenant, or any Azure `TokenCredential`.
   *
   * @default the app that sends
   */
  trace?: TraceCredential | undefined;
}

/** The app that asks for message traces, if it is not the one that sends. */
export type TraceCredential =
  | {
      /** Its "Application (client) ID". */
      clientId: string;
      /** The value of its client secret, or a function that returns it. */
      clientSecret: string | Promise<string> | ClientSecretOf;
      /**
       * Its tenant.
       *
       * @default the transport's `tenantId`
       */
      tenantId?: string | undefined;
      credential?: undefined;
    }
  | {
      /** Any Azure `TokenCredential`. */
      credential: TokenCredential;
      clientId?: undefined;
      clientSecret?: undefined;
      tenantId?: undefined;
    };

/** How failures that certainly sent nothing are retried. */
export interface RetryOptions {
  /**
   * Attempts of each request, including the first; 1 turns retries off. Five are enough for a mailbox that is
   * throttled or being moved for some seconds; longer outages are better left to a queue.
   *
   * @default 5
   */
  attempts?: number | undefined;
  /**
   * The longest wait between two attempts in milliseconds. It caps both `Retry-After` and the wait for
   * throttling that names no time (half a minute, doubled each time). Waiting less than Graph asks for prolongs
   * the throttling, so the default is long; `timeout` limits the total.
   *
   * @default 180_000, the most that Microsoft's own SDK waits
   */
  maxDelay?: number | undefined;
}
