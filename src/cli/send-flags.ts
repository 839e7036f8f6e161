import { usageError } from './cli-error';
import { CONNECTION_FLAGS, CONNECTION_HELP } from './connection-flags';
import { type FlagTable, helpOf } from './flags';
import { parseFlags } from './parse-flags';

/** A message that is made of flags. */
const MESSAGE_FLAGS = {
  to: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'recipients; may be repeated, or name several',
  },
  cc: { type: 'string', multiple: true, value: 'ADDRESS', help: 'likewise' },
  bcc: { type: 'string', multiple: true, value: 'ADDRESS', help: 'likewise' },
  'reply-to': { type: 'string', multiple: true, value: 'ADDRESS', help: 'where answers go' },
  subject: { type: 'string', value: 'TEXT', help: '' },
  text: { type: 'string', value: 'TEXT', help: 'the body; - reads it from stdin' },
  html: {
    type: 'string',
    value: 'TEXT',
    help: 'the body as HTML, alone or with a text; - reads it from stdin',
  },
  'text-file': { type: 'string', value: 'FILE', help: 'the body from a file' },
  'html-file': { type: 'string', value: 'FILE', help: 'likewise as HTML' },
  attach: { type: 'string', multiple: true, value: 'FILE', help: 'may be repeated' },
  header: { type: 'string', multiple: true, value: "'NAME: VALUE'", help: 'may be repeated' },
  'message-id': {
    type: 'string',
    value: 'ID',
    help: 'the same ID is the same message, with --delivery exactly-once',
  },
  importance: { type: 'string', value: 'LEVEL', help: 'low, normal or high' },
} as const satisfies FlagTable;

/** How any message is sent. */
const DELIVERY_FLAGS = {
  from: { type: 'string', value: 'ADDRESS', help: 'From, if the message has none; without it the mailbox' },
  'force-from': {
    type: 'boolean',
    help: 'From is the mailbox, whatever the message says; what it said becomes Reply-To,\nif it has none',
  },
  aliases: {
    type: 'string',
    value: 'FILE',
    help: 'addresses of recipients without a domain, such as root, as in /etc/aliases',
  },
  'default-to': {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'gets the mail of recipients without a domain that no alias leads elsewhere',
  },
  'no-save': { type: 'boolean', help: 'keep no copy in Sent Items' },
  format: { type: 'string', value: 'FORMAT', help: 'auto, json or mime' },
  lossy: { type: 'boolean', help: 'send what can be sent, where something has no place' },
  delivery: { type: 'string', value: 'WAY', help: 'at-most-once or exactly-once' },
  timeout: {
    type: 'string',
    value: 'TIME',
    help: 'the longest that all of it may take, in ms, or as 30s or 2m (default 10m)',
  },
  attempts: { type: 'string', value: 'N', help: 'how often a request is made at most (default 5)' },
  'log-file': { type: 'string', value: 'FILE', help: 'append a line for each message, sent or not' },
} as const satisfies FlagTable;

/** What sendmail's flags mean here. */
const SENDMAIL_FLAGS = {
  'read-recipients': {
    type: 'boolean',
    short: 't',
    help: 'those in To, Cc and Bcc are the recipients; so for an .eml file without others',
  },
  'ignore-dots': {
    type: 'boolean',
    short: 'i',
    help: 'a line with nothing but a dot does not end the message; also as -oi',
  },
  sender: {
    type: 'string',
    short: 'f',
    value: 'ADDRESS',
    help: 'envelope sender, also as -r; bounces come to the mailbox in any case',
  },
  'sender-r': { type: 'string', short: 'r' },
  'full-name': {
    type: 'string',
    short: 'F',
    value: 'NAME',
    help: 'name in From, if the message has no From',
  },
  verbose: { type: 'boolean', short: 'v', help: 'say that it was sent' },
  mode: { type: 'string', short: 'b' },
  queue: { type: 'string', short: 'q' },
  option: { type: 'string', short: 'o', multiple: true },
} as const satisfies FlagTable;

/** Flags of sendmail that change nothing here: body types, hop counts, tags, notification wishes, tracing. */
const IGNORED_FLAGS = {
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
} as const satisfies FlagTable;

export const SEND_HELP = `Usage: nodemailer-graph-transport send --to ADDRESS --subject TEXT --text TEXT [FLAGS]
       nodemailer-graph-transport send MESSAGE.eml [RECIPIENT …] [FLAGS]
       nodemailer-graph-transport send -t [-i] [-f SENDER] [FLAGS]           < MESSAGE
       nodemailer-graph-transport send [-i] [-f SENDER] [FLAGS] RECIPIENT …  < MESSAGE

A message of flags:
${helpOf(MESSAGE_FLAGS)}

A message that is whole already, from a file or as sendmail takes it from stdin:
${helpOf(SENDMAIL_FLAGS)}
  Other flags of sendmail that change nothing here are ignored; -bs, -bd, -bp, -bi, -bt, -bv and -q are refused.

Any message:
${helpOf(DELIVERY_FLAGS)}

${CONNECTION_HELP}

Exit codes are those of sendmail (sysexits.h): 0 sent, 64 wrong usage, 65 message, 66 a file is missing,
67 address, 69 failed or may have been sent, 70 a fault of this program, 75 not sent and worth another try,
77 not allowed, 78 options.
`;

/**
 * The flags and arguments of `send`.
 *
 * @throws CliError of usage
 */
export function parseSendFlags(args: string[]) {
  const { values, positionals } = parseFlags({
    // The value of -q may be left out, and parseArgs knows only flags that have one or have none.
    args: args.map((arg, at) => (arg === '-q' && !args.slice(0, at).includes('--') ? '--queue=' : arg)),
    options: {
      ...CONNECTION_FLAGS,
      ...MESSAGE_FLAGS,
      ...DELIVERY_FLAGS,
      ...SENDMAIL_FLAGS,
      ...IGNORED_FLAGS,
    },
    allowPositionals: true,
  });
  const { mode = 'm', queue } = values;
  const server = queue === undefined ? mode !== 'm' && `-b${mode}` : `-q${queue}`;
  if (server) throw usageError(`${server} asks for what only a mail server does: this one only sends.`);
  const composing = Object.keys(MESSAGE_FLAGS).filter((flag) => flag in values);
  return { values, positionals, composing };
}

/** The flags of `send`, as they were given. */
export type SendFlags = ReturnType<typeof parseSendFlags>;
