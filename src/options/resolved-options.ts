import type { Dispatcher } from 'undici';
import type { MailAddress } from '../mime/address';
import type { ClientSecretOf } from './client-secret';
import type { CloudName } from './clouds';
import type { GraphTransportOptions, RetryOptions, TokenCredential } from './options';
import type { TlsOptions } from './tls-options';

/** Some of the caller's options, each with its value or default. */
type Given<Name extends keyof GraphTransportOptions> = {
  [One in Name]-?: NonNullable<GraphTransportOptions[One]>;
};

/** How a message is sent: the options that a message may override. */
export type DeliveryOptions = Given<'userId' | 'saveToSentItems' | 'format' | 'lossy' | 'delivery'>;

/** How often a request is retried, and how long the waits may be. */
export type RetryPolicy = { [Name in keyof RetryOptions]-?: NonNullable<RetryOptions[Name]> };

/** How many messages may be sent at once, and how fast. */
export interface Limits extends Given<'maxConnections' | 'maxTotalConnections' | 'rateDelta' | 'maxQueue'> {
  /** Undefined for no limit. */
  rateLimit: number | undefined;
}

/** Where tokens come from: a client secret, or the caller's credential. */
export type Identity =
  | {
      kind: 'secret';
      tenantId: string;
      clientId: string;
      clientSecret: string | ClientSecretOf;
      authorityHost: string;
    }
  | { kind: 'credential'; credential: TokenCredential };

/** The options with every default applied and every value checked. */
export interface ResolvedOptions
  extends DeliveryOptions,
    Given<
      | 'graphEndpoint'
      | 'maxMessageSize'
      | 'connectionTimeout'
      | 'socketTimeout'
      | 'timeout'
      | 'logger'
      | 'debug'
      | 'component'
    > {
  identity: Identity;
  /** The app that asks for message traces, if it is another one. */
  trace?: Identity;
  /** The cloud, if it is not the global one. */
  otherCloud?: CloudName;
  limits: Limits;
  retry: RetryPolicy;
  /** Exactly-once delivery has its own default. */
  searchLag?: number;
  /** Tokens and mail go to another machine without encryption. */
  insecureSandbox?: true;
  from: MailAddress | undefined;
  replyTo: readonly MailAddress[];
  dispatcher: Dispatcher | undefined;
  /** Whether a flag of V8 may change for a moment. */
  tuneV8: boolean;
  proxy: string | undefined;
  tls: TlsOptions | undefined;
}
