import { usageError } from './cli-error';
import { CONNECTION_FLAGS, CONNECTION_HELP } from './connection-flags';
import { parseFlags } from './parse-flags';

/** A message that is made of flags. */
const MESSAGE_FLAGS = {
  to: { type: 'string', multiple: true },
  cc: { type: 'string', multiple: true },
  bcc: { type: 'string', multiple: true },
  'reply-to': { type: 'string', multiple: true },
  subject: { type: 'string' },
  text: { type: 'string' },
  html: { type: 'string' },
  'text-file': { type: 'string' },
  'html-file': { type: 'string' },
  attach: { type: 'string', multiple: true },
  header: { type: 'string', multiple: true },
  'message-id': { type: 'string' },
  importance: { type: 'string' },
} as const;

/** How any message is sent. */
const DELIVERY_FLAGS = {
  from: { type: 'string' },
  'no-save': { type: 'boolean' },
  lossy: { type: 'boolean' },
  format: { type: 'string' },
  delivery: { type: 'string' },
} as const;

/** What sendmail's flags mean here. */
const SENDMAIL_FLAGS = {
  'read-recipients': { type: 'boolean', short: 't' },
  'ignore-dots': { type: 'boolean', short: 'i' },
  sender: { type: 'string', short: 'f' },
  'sender-r': { type: 'string', short: 'r' },
  'full-name': { type: 'string', short: 'F' },
  verbose: { type: 'boolean', short: 'v' },
  mode: { type: 'string', short: 'b' },
  option: { type: 'string', short: 'o', multiple: true },
} as const;

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
} as const;

export const SEND_HELP = `Usage: nodemailer-graph-transport send --to ADDRESS --subject TEXT --text TEXT [FLAGS]
       nodemailer-graph-transport send MESSAGE.eml [RECIPIENT …] [FLAGS]
       nodemailer-graph-transport send -t [-i] [-f SENDER] [FLAGS]           < MESSAGE
       nodemailer-graph-transport send [-i] [-f SENDER] [FLAGS] RECIPIENT …  < MESSAGE

A message of flags:
  --to, --cc, --bcc ADDRESS  recipients; each may be repeated, or name several
  --reply-to ADDRESS         where answers go
  --subject TEXT
  --text TEXT, --html TEXT   the body, either or both; - reads it from stdin
  --text-file, --html-file FILE
  --attach FILE              may be repeated
  --header 'NAME: VALUE'     may be repeated
  --message-id ID            the same ID is the same message, with --delivery exactly-once
  --importance LEVEL         low, normal or high

A message that is whole already, from a file or as sendmail takes it from stdin:
  -t, --read-recipients      those in To, Cc and Bcc are the recipients; so for an .eml file without others
  -i, -oi, --ignore-dots     a line with nothing but a dot does not end the message
  -f, -r, --sender ADDRESS   envelope sender; bounces come to the mailbox in any case
  -F, --full-name NAME       name in From, if the message has no From
  -v, --verbose              say that it was sent
  Other flags of sendmail that change nothing here are ignored; -bs, -bd, -bp, -bi, -bt, -bv and -q are refused.

Any message:
  --from ADDRESS             From, if the message has none; without it the mailbox
  --no-save                  keep no copy in Sent Items
  --format FORMAT            auto, json or mime
  --lossy                    send what can be sent, where something has no place
  --delivery WAY             at-most-once or exactly-once

${CONNECTION_HELP}

Exit codes are those of sendmail (sysexits.h): 0 sent, 64 wrong usage, 65 message, 66 a file is missing,
67 address, 69 failed or may have been sent, 75 not sent and worth another try, 77 not allowed, 78 options.
`;

/**
 * The flags and arguments of `send`.
 *
 * @throws CliError of usage
 */
export function parseSendFlags(args: string[]) {
  const { values, positionals } = parseFlags({
    args,
    options: {
      ...CONNECTION_FLAGS,
      ...MESSAGE_FLAGS,
      ...DELIVERY_FLAGS,
      ...SENDMAIL_FLAGS,
      ...IGNORED_FLAGS,
    },
    allowPositionals: true,
  });
  const { mode = 'm' } = values;
  if (mode !== 'm') throw usageError(`-b${mode} asks for what only a mail server does: this one only sends.`);
  const composing = Object.keys(MESSAGE_FLAGS).filter((flag) => flag in values);
  return { values, positionals, composing };
}

/** The flags of `send`, as they were given. */
export type SendFlags = ReturnType<typeof parseSendFlags>;
