import { CONNECTION_FLAGS } from './connection';
import { DELIVERY_FLAGS, IGNORED_FLAGS, MESSAGE_FLAGS, SENDMAIL_FLAGS } from './message';
import { BOUNCES_FLAGS, PROVE_FLAGS, TRACE_FLAGS } from './reports';
import { DEMO_FLAGS, SANDBOX_FLAGS } from './sandbox';

export type { Flag, FlagTable } from './flag';
export { DEFAULT_REPORT } from './reports';
export { DEFAULT_SANDBOX_PORT } from './sandbox';

/** Every flag, by the section of the help that lists it. Parsing, help and docs/cli.md come from here. */
export const FLAGS = {
  connection: CONNECTION_FLAGS,
  message: MESSAGE_FLAGS,
  sendmail: SENDMAIL_FLAGS,
  delivery: DELIVERY_FLAGS,
  ignored: IGNORED_FLAGS,
  sandbox: SANDBOX_FLAGS,
  demo: DEMO_FLAGS,
  bounces: BOUNCES_FLAGS,
  trace: TRACE_FLAGS,
  prove: PROVE_FLAGS,
} as const;

/** The flags that each command takes. */
export const COMMAND_FLAGS = {
  verify: FLAGS.connection,
  send: {
    ...FLAGS.message,
    ...FLAGS.sendmail,
    ...FLAGS.delivery,
    ...FLAGS.connection,
    ...FLAGS.ignored,
  },
  bounces: { ...FLAGS.bounces, ...FLAGS.connection },
  trace: { ...FLAGS.trace, ...FLAGS.connection },
  scheduled: FLAGS.connection,
  cancel: FLAGS.connection,
  sandbox: FLAGS.sandbox,
  demo: FLAGS.demo,
  prove: { ...FLAGS.prove, ...FLAGS.connection },
} as const;

export type CommandName = keyof typeof COMMAND_FLAGS;
