import type { FlagTable } from './flag';

/** The flags of sendmail that mean something here. */
export const SENDMAIL_FLAGS = {
  'read-recipients': {
    type: 'boolean',
    short: 't',
    help: 'take the recipients from To, Cc and Bcc (the default for an .eml file, if none are named)',
  },
  'ignore-dots': {
    type: 'boolean',
    short: 'i',
    help: 'do not end the message at a line with only a dot; also as -oi',
  },
  sender: {
    type: 'string',
    short: 'f',
    value: 'ADDRESS',
    sets: 'envelope.from',
    help: 'envelope sender, also as -r; bounces go to the mailbox anyway',
  },
  'sender-r': { type: 'string', short: 'r' },
  'full-name': {
    type: 'string',
    short: 'F',
    value: 'NAME',
    sets: 'from',
    help: 'name in From, if the message has no From',
  },
  verbose: { type: 'boolean', short: 'v', help: 'report that the message was sent' },
  mode: { type: 'string', short: 'b' },
  queue: { type: 'string', short: 'q' },
  option: { type: 'string', short: 'o', multiple: true },
} as const satisfies FlagTable<'envelope.from' | 'from'>;

/** sendmail's flags that change nothing here: body types, hop counts, tags, notification settings, tracing. */
export const IGNORED_FLAGS = {
  'ignored-A': { type: 'string', short: 'A' },
  'ignored-B': { type: 'string', short: 'B' },
  'ignored-e': { type: 'string', short: 'e' },
  'ignored-G': { type: 'boolean', short: 'G' },
  'ignored-h': { type: 'string', short: 'h' },
  'ignored-L': { type: 'string', short: 'L' },
  'ignored-m': { type: 'boolean', short: 'm' },
  'ignored-n': { type: 'boolean', short: 'n' },
  'ignored-N': { type: 'string', short: 'N' },
  'ignored-O': { type: 'string', short: 'O', multiple: true },
  'ignored-R': { type: 'string', short: 'R' },
  'ignored-U': { type: 'boolean', short: 'U' },
  'ignored-V': { type: 'string', short: 'V' },
  'ignored-X': { type: 'string', short: 'X' },
} as const satisfies FlagTable<never>;
