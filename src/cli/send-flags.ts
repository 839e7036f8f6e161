import { CONNECTION_FLAGS, CONNECTION_HELP } from './connection';
import { usageError } from './exit-code';
import { type FlagTable, helpOf } from './flags';
import { parseFlags } from './parse-flags';

/** The flags that make up a message. */
const MESSAGE_FLAGS = {
  to: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'one or more recipients; may be repeated',
  },
  cc: { type: 'string', multiple: true, value: 'ADDRESS', help: 'likewise' },
  bcc: { type: 'string', multiple: true, value: 'ADDRESS', help: 'likewise' },
  'reply-to': { type: 'string', multiple: true, value: 'ADDRESS', help: 'where replies go' },
  subject: { type: 'string', value: 'TEXT', help: '' },
  text: { type: 'string', value: 'TEXT', help: 'the body; - reads it from stdin' },
  html: {
    type: 'string',
    value: 'TEXT',
    help: 'the body as HTML, alone or along with --text; - reads it from stdin',
  },
  'text-file': { type: 'string', value: 'FILE', help: 'read the body from a file' },
  'html-file': { type: 'string', value: 'FILE', help: 'read the HTML body from a file' },
  attach: { type: 'string', multiple: true, value: 'FILE', help: 'may be repeated' },
  header: { type: 'string', multiple: true, value: "'NAME: VALUE'", help: 'may be repeated' },
  'message-id': {
    type: 'string',
    value: 'ID',
    help: 'with --delivery exactly-once, messages with the same ID are the same message',
  },
  importance: { type: 'string', value: 'LEVEL', help: 'low, normal or high' },
} as const satisfies FlagTable;

/** How a message is sent. */
const DELIVERY_FLAGS = {
  from: { type: 'string', value: 'ADDRESS', help: 'From, if the message has none (default: the mailbox)' },
  'force-from': {
    type: 'boolean',
    help: 'set From to the mailbox; the original From becomes Reply-To, if there is none',
  },
  aliases: {
    type: 'string',
    value: 'FILE',
    help: 'addresses for recipients without a domain, such as root, in the format of /etc/aliases',
  },
  'default-to': {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'gets the mail of recipients without a domain that have no alias',
  },
  'no-save': { type: 'boolean', help: 'keep no copy in Sent Items' },
  format: { type: 'string', value: 'FORMAT', help: 'auto, json or mime' },
  lossy: { type: 'boolean', help: 'send the rest of a message if something in it cannot be carried' },
  delivery: { type: 'string', value: 'WAY', help: 'at-most-once or exactly-once' },
  timeout: {
    type: 'string',
    value: 'TIME',
    help: 'the longest time for everything, in ms, or as 30s or 2m (default 10m)',
  },
  attempts: { type: 'string', value: 'N', help: 'the most attempts for each request (default 5)' },
  'log-file': { type: 'string', value: 'FILE', help: 'append a line for each message, sent or not' },
} as const satisfies FlagTable;

/** sendmail's flags, with their meaning here. */
const SENDMAIL_FLAGS = {
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
    help: 'envelope sender, also as -r; bounces go to the mailbox anyway',
  },
  'sender-r': { type: 'string', short: 'r' },
  'full-name': {
    type: 'string',
    short: 'F',
    value: 'NAME',
    help: 'name in From, if the message has no From',
  },
  verbose: { type: 'boolean', short: 'v', help: 'report that the message was sent' },
  mode: { type: 'string', short: 'b' },
  queue: { type: 'string', short: 'q' },
  option: { type: 'string', short: 'o', multiple: true },
} as const satisfies FlagTable;

/** sendmail's flags that change nothing here: body types, hop counts, tags, notification settings, tracing. */
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

/** The help of `send`. */
export const SEND_HELP = `Usage: nodemailer-graph-transport send --to ADDRESS --subject TEXT --text TEXT [FLAGS]
       nodemailer-graph-transport send MESSAGE.eml [RECIPIENT …] [FLAGS]
       nodemailer-graph-transport send -t [-i] [-f SENDER] [FLAGS]           < MESSAGE
       nodemailer-graph-transport send [-i] [-f SENDER] [FLAGS] RECIPIENT …  < MESSAGE

A message made of flags:
${helpOf(MESSAGE_FLAGS)}

A finished message, from a file or, as with sendmail, from stdin:
${helpOf(SENDMAIL_FLAGS)}
  Other sendmail flags that make no difference here are ignored; -bs, -bd, -bp, -bi, -bt, -bv and -q are refused.

Any message:
${helpOf(DELIVERY_FLAGS)}

${CONNECTION_HELP}

Exit codes are those of sendmail (sysexits.h): 0 sent, 64 wrong usage, 65 message, 66 a file is missing,
67 address, 69 failed or may have been sent, 70 a bug in this program, 75 not sent but worth another try,
77 not allowed, 78 options.
`;

/**
 * The flags and arguments of `send`.
 *
 * @throws CliError (wrong usage)
 */
export function parseSendFlags(args: string[]) {
  const { values, positionals } = parseFlags({
    // -q may have a value or none, and parseArgs supports only flags that always or never have one.
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

/** The flags of `send`, as given. */
export type SendFlags = ReturnType<typeof parseSendFlags>;
