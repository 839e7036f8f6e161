import type { TokenCredential } from '@azure/identity';
import type { Dispatcher } from 'undici';
import type { CloudName } from './clouds';
import type { MailAddress } from './message/address';
import type { DeliveryOptions, UserIdOf } from './message-options';
import type { TlsOptions } from './tls-options';

/** An address as Nodemailer takes it: `'Ann <ann@example.com>'` or its two halves. */
export type AddressOption = string | { name?: string; address: string };

/** A log method in the manner of bunyan: data first, then a printf-style message. */
export type LogMethod = (data: object, message?: string, ...args: unknown[]) => unknown;

/** A logger in the manner of bunyan or pino, as Nodemailer takes it. */
export interface TransportLogger {
  trace: LogMethod;
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
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
   * The value (not the ID) of a client secret of that app. Environment: `AZURE_CLIENT_SECRET`.
   * Not needed with `credential`.
   */
  clientSecret?: string | undefined;
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
   * Most bytes of attachments, decoded, that a message may have. A larger one is refused as soon as that
   * is seen, without reading on. The mailbox has a limit of its own, 35 MB unless raised.
   * @default 150_000_000, the most that Graph takes of one attachment
   */
  maxMessageSize?: number | undefined;
  /**
   * The undici Dispatcher (`Agent`, `ProxyAgent` …) for all requests, those for tokens included. It stays
   * yours: `close()` does not close it. Without it the transport makes an `Agent` of its own.
   */
  dispatcher?: Dispatcher | undefined;
  /**
   * A logger in the manner of bunyan or pino, `true` for Nodemailer's console logger.
   * @default false
   */
  logger?: TransportLogger | boolean | undefined;
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

/** Where tokens come from: a secret that we keep, or whatever the caller's credential does. */
export type Identity =
  | { kind: 'secret'; tenantId: string; clientId: string; clientSecret: string; authorityHost: string }
  | { kind: 'credential'; credential: TokenCredential };

/** The options with every fallback applied and every value checked. */
export interface ResolvedOptions extends DeliveryOptions {
  identity: Identity;
  graphEndpoint: string;
  maxMessageSize: number;
  from: MailAddress | undefined;
  replyTo: readonly MailAddress[];
  dispatcher: Dispatcher | undefined;
  logger: TransportLogger | boolean;
  component: string;
  proxy: string | undefined;
  tls: TlsOptions | undefined;
}
