import type { Dispatcher } from 'undici';
import type { Limits } from '../delivery/mailbox-limiter';
import type { RetryPolicy } from '../graph/retry-decision';
import type { MailAddress } from '../mime/address';
import type { ClientSecretOf } from './client-secret';
import type { CloudName } from './clouds';
import type { DeliveryOptions, UserIdOf } from './message-options';
import type { TlsOptions } from './tls-options';

/**
 * What gives access tokens: any of Azure's credentials, or an object of your own. Azure's type of that name is not
 * used here, for the types that it brings along do not compile in a CommonJS app without `skipLibCheck`.
 */
export interface TokenCredential {
  /**
   * A token for a scope; null is a failure.
   *
   * @param options `claims`: what Graph wants to find in the token, from its challenge
   */
  getToken(scopes: string | string[], options?: { claims?: string }): Promise<AccessToken | null>;
}

/** A token, as Azure's credentials give it. */
export interface AccessToken {
  /** The token itself. */
  token: string;
  /** When it expires, in milliseconds since 1970. */
  expiresOnTimestamp: number;
}

/** An address as Nodemailer takes it: `'Ann <ann@example.com>'` or its two halves. */
export type AddressOption = string | { name?: string; address: string };

/** A log method in the manner of bunyan: data first, then a printf-style message. */
export type LogMethod = (data: object, message?: string, ...args: unknown[]) => unknown;

/** A logger in the manner of bunyan or pino, as Nodemailer takes it. */
export interface TransportLogger {
  /** Not used. */
  trace: LogMethod;
  /** A message has come, progress of uploads, and with `debug` each request. */
  debug: LogMethod;
  /** What went well. */
  info: LogMethod;
  /** What was tried again, had to stay behind or is in doubt. */
  warn: LogMethod;
  /** What failed. */
  error: LogMethod;
  /** Not used. */
  fatal: LogMethod;
}

/** What `graphTransport()` takes. A value that is not given is read from the environment where one is named. */
export interface GraphTransportOptions {
  /**
   * The Entra tenant of the app: its GUID ("Directory (tenant) ID") or a verified domain name.
   * Environment: `AZURE_TENANT_ID`. Not needed with `credential`.
   */
  tenantId?: string | undefined;
  /** The app registration's "Application (client) ID". Environment: `AZURE_CLIENT_ID`. Not needed with `credential`. */
  clientId?: string | undefined;
  /**
   * The value (not the ID) of a client secret of that app, or a function that gives it, such as one that asks a vault.
   * A function is asked when the first token is needed, and once again whenever Entra says that the secret is wrong
   * or has expired. Environment: `AZURE_CLIENT_SECRET`. Not needed with `credential`.
   */
  clientSecret?: string | Promise<string> | ClientSecretOf | undefined;
  /**
   * Path of a file that holds the client secret, such as a mounted secret of Docker or Kubernetes, instead of
   * `clientSecret`. It is read when the first token is needed, and once again whenever Entra says that the secret is
   * wrong or has expired. White space around the secret is not part of it. Environment: `AZURE_CLIENT_SECRET_FILE`.
   */
  clientSecretFile?: string | undefined;
  /**
   * The sending mailbox: object id or user principal name; an alias does not do. Or a function that finds
   * it for each message, to send from the mailbox in From for instance. Environment: `GRAPH_USER_ID`.
   */
  userId?: string | UserIdOf | undefined;
  /**
   * Origin of Entra's token service; https, or http on loopback.
   * Environment: `AZURE_AUTHORITY_HOST`.
   * @default that of `cloud`: 'https://login.microsoftonline.com'
   */
  authorityHost?: string | undefined;
  /**
   * Origin of Microsoft Graph, without `/v1.0`; https, or http on loopback. Tokens are asked for the scope
   * `<graphEndpoint>/.default`. Environment: `GRAPH_ENDPOINT`.
   * @default that of `cloud`: 'https://graph.microsoft.com'
   */
  graphEndpoint?: string | undefined;
  /**
   * Any Azure `TokenCredential` (certificate, managed identity, workload identity …) to ask for tokens
   * instead of a client secret. `tenantId`, `clientId` and `clientSecret` are then neither needed nor read
   * from the environment.
   */
  credential?: TokenCredential | undefined;
  /** From of messages that name none. Without it, such messages come from the mailbox itself. */
  from?: AddressOption | undefined;
  /** Reply-To of messages that name none. */
  replyTo?: AddressOption | AddressOption[] | undefined;
  /**
   * Whether Exchange keeps a copy of each message in the mailbox's Sent Items.
   * @default true
   */
  saveToSentItems?: boolean | undefined;
  /**
   * `auto` sends Graph's JSON, and MIME what JSON cannot carry whole (signed and encrypted mail,
   * invitations, headers that JSON has no place for); `json` and `mime` force one of them.
   * @default 'auto'
   */
  format?: 'auto' | 'json' | 'mime' | undefined;
  /**
   * Sends what can be sent where a message would otherwise be refused because something of it has no
   * place on the route: the loss is logged as a warning and listed in `info.dropped`.
   * @default false
   */
  lossy?: boolean | undefined;
  /**
   * `at-most-once` sends in one request where it can, and never again what may have been sent: the error of
   * an unknown outcome is `ambiguous`. `exactly-once` sends every message by way of a draft under its
   * Message-ID, asks the mailbox after an unknown outcome, and does not send a message again that was sent
   * under that Message-ID, by whatever process. It needs the permission `Mail.ReadWrite`.
   * @default 'at-most-once'
   */
  delivery?: 'at-most-once' | 'exactly-once' | undefined;
  /**
   * With `delivery: 'exactly-once'`: milliseconds that a mailbox may take to show in its search what another
   * process has sent. So long after its draft was made, a message is looked for once more before it is sent; 0 saves
   * that request and the wait. `retry.maxDelay` limits it. How long Exchange takes is not documented.
   * @default 1000
   */
  searchLag?: number | undefined;
  /**
   * Most bytes of attachments, decoded, that a message may have. A larger one is refused as soon as that
   * is seen, without reading on. The mailbox has a limit of its own, 35 MB unless raised.
   * @default 150_000_000, the most that Graph takes of one attachment
   */
  maxMessageSize?: number | undefined;
  /**
   * Messages of one mailbox that are under way at once. Graph serves four requests at once and answers more
   * with 429 (Microsoft Graph documentation, concepts/throttling-limits.md).
   * @default 4
   */
  maxConnections?: number | undefined;
  /**
   * Messages that are under way at once in all mailboxes together.
   * @default no limit
   */
  maxTotalConnections?: number | undefined;
  /**
   * Messages of one mailbox that may be started within `rateDelta`. Exchange Online is said to send 30 a
   * minute and to hold back what is more.
   * @default no limit
   */
  rateLimit?: number | undefined;
  /**
   * Milliseconds that `rateLimit` is about.
   * @default 1000
   */
  rateDelta?: number | undefined;
  /**
   * Messages that may wait for their turn; one more is refused with `ECONNECTION`.
   * @default no limit
   */
  maxQueue?: number | undefined;
  /**
   * How often and how patiently requests are made again that were certainly not carried out: throttled ones
   * (429, 503), and those that found no connection. One that may have sent the message never is.
   */
  retry?: RetryOptions | undefined;
  /**
   * Milliseconds to wait for a connection. A `dispatcher` of your own has its own.
   * @default 30_000
   */
  connectionTimeout?: number | undefined;
  /**
   * Milliseconds that Graph may be silent in an exchange before it is given up.
   * @default 120_000
   */
  socketTimeout?: number | undefined;
  /**
   * Milliseconds that a message may take in all once it is its turn: tokens, uploads, retries and the waits
   * between them.
   * @default 600_000
   */
  timeout?: number | undefined;
  /**
   * The Dispatcher of undici 7 (`Agent`, `ProxyAgent` …) for all requests, those for tokens included. It stays
   * yours: `close()` does not close it. Without it the transport makes an `Agent` of its own.
   */
  dispatcher?: Dispatcher | undefined;
  /**
   * A logger in the manner of bunyan or pino, `true` for Nodemailer's console logger.
   * @default false
   */
  logger?: TransportLogger | boolean | undefined;
  /**
   * Whether each request is logged too, at level `debug` and without its body.
   * @default false
   */
  debug?: boolean | undefined;
  /**
   * The `component` of log entries.
   * @default 'graph-transport'
   */
  component?: string | undefined;
  /**
   * Microsoft's cloud in which the tenant lives: sets `graphEndpoint` and `authorityHost`, which win over it
   * where they are given and must then belong to the same cloud. Environment: `GRAPH_CLOUD`.
   * @default 'global'
   */
  cloud?: CloudName | undefined;
  /**
   * URL of the HTTP proxy for all requests, those for tokens and uploads included, with user name and
   * password if it wants them: `http://user:password@proxy.example:3128`. Not together with `dispatcher`.
   * @default that of the environment: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which do not count for
   *   endpoints on this machine
   */
  proxy?: string | undefined;
  /** Whom to trust beside the authorities that Node trusts. Not together with `dispatcher`. */
  tls?: TlsOptions | undefined;
}

/** Patience with failures that are certain to have sent nothing. */
export interface RetryOptions {
  /**
   * Attempts of each request, the first one included; 1 switches retries off. Five
   * bridge a mailbox that is throttled or moved for some seconds; longer outages are a queue's business.
   * @default 5
   */
  attempts?: number | undefined;
  /**
   * The longest wait between two attempts in milliseconds, whatever `Retry-After` asks for, and whatever throttling
   * without a number calls for (half a minute, doubled each time). Waiting less than Graph asks for makes throttling
   * last longer, so this is long; `timeout` ends it all.
   * @default 180_000, the most that Microsoft's own SDK waits
   */
  maxDelay?: number | undefined;
}

/** Where tokens come from: a secret that we keep, or whatever the caller's credential does. */
export type Identity =
  | {
      kind: 'secret';
      tenantId: string;
      clientId: string;
      clientSecret: string | ClientSecretOf;
      authorityHost: string;
    }
  | { kind: 'credential'; credential: TokenCredential };

/** The options with every fallback applied and every value checked. */
export interface ResolvedOptions extends DeliveryOptions {
  identity: Identity;
  graphEndpoint: string;
  maxMessageSize: number;
  limits: Limits;
  retry: RetryPolicy;
  connectionTimeout: number;
  socketTimeout: number;
  timeout: number;
  /** Undefined is for exactly-once delivery to say. */
  searchLag?: number;
  from: MailAddress | undefined;
  replyTo: readonly MailAddress[];
  dispatcher: Dispatcher | undefined;
  logger: TransportLogger | boolean;
  debug: boolean;
  component: string;
  proxy: string | undefined;
  tls: TlsOptions | undefined;
}
