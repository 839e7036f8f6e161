import type { FlagTable } from './flag';

export const DEFAULT_REPORT = 'prove-report.json';

const since = <Value extends string>(value: Value, help: string) =>
  ({ type: 'string', value, help }) as const;

export const BOUNCES_FLAGS = {
  since: since(
    'WHEN',
    'a date, such as 2026-11-26 or 2026-11-26T09:00:00Z, or the token of an earlier run (default: everything in the Inbox)',
  ),
} as const satisfies FlagTable<never>;

export const TRACE_FLAGS = {
  details: { type: 'boolean', help: 'also each step of the message to each recipient' },
  since: since('DATE', 'the message was sent then or later, at most 90 days ago (default: ten days ago)'),
} as const satisfies FlagTable<never>;

export const PROVE_FLAGS = {
  to: { type: 'string', value: 'ADDRESS', variable: 'LIVE_TO', help: 'who gets the messages' },
  alias: {
    type: 'string',
    value: 'ADDRESS',
    variable: 'LIVE_ALIAS',
    help: 'an alias of the mailbox, to check one more rule',
  },
  'foreign-from': {
    type: 'string',
    value: 'ADDRESS',
    variable: 'LIVE_FOREIGN_FROM',
    help: 'an address that the mailbox may not send as, to check one more rule',
  },
  report: {
    type: 'string',
    value: 'FILE',
    help: `where to write the report (default ${DEFAULT_REPORT})`,
  },
  sandbox: {
    type: 'boolean',
    help: 'check a second sandbox instead, to see what the command does; no mail is sent',
  },
} as const satisfies FlagTable<never>;
