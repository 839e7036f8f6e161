import type { GraphTransportOptions } from '../../index';

/** A flag: how it is parsed, and what `--help` and docs/cli.md say about it. */
export interface Flag<Target extends string = string> {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** The placeholder for its value. */
  value?: string;
  /** What it sets: an option of the transport or of the sandbox, or a field of the message. */
  sets?: Target;
  /** The environment variable to use without the flag. */
  variable?: string;
  /** What it does. A flag without this works, but is not shown. */
  help?: string;
}

/** The flags of one section of the help, by name. */
export type FlagTable<Target extends string = string> = Readonly<Record<string, Flag<Target>>>;

/** The transport's options, and what flags set inside them. */
export type TransportTarget = keyof GraphTransportOptions | 'tls.ca' | 'retry.attempts';
