import { CONNECTION_HELP } from './connection';
import { usageError } from './exit-code';
import { COMMAND_FLAGS, FLAGS } from './flags';
import { helpOf, parseFlags } from './parse-flags';

/** The help of `send`. */
export const SEND_HELP = `Usage: nodemailer-graph-transport send --to ADDRESS --subject TEXT --text TEXT [FLAGS]
       nodemailer-graph-transport send MESSAGE.eml [RECIPIENT …] [FLAGS]
       nodemailer-graph-transport send -t [-i] [-f SENDER] [FLAGS]           < MESSAGE
       nodemailer-graph-transport send [-i] [-f SENDER] [FLAGS] RECIPIENT …  < MESSAGE

A message made of flags:
${helpOf(FLAGS.message)}

A finished message, from a file or, as with sendmail, from stdin:
${helpOf(FLAGS.sendmail)}
  Other sendmail flags that make no difference here are ignored; -bs, -bd, -bp, -bi, -bt, -bv and -q are refused.

Any message:
${helpOf(FLAGS.delivery)}

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
    options: COMMAND_FLAGS.send,
    allowPositionals: true,
  });
  const { mode = 'm', queue } = values;
  const server = queue === undefined ? mode !== 'm' && `-b${mode}` : `-q${queue}`;
  if (server) throw usageError(`${server} asks for what only a mail server does: this one only sends.`);
  const composing = Object.keys(FLAGS.message).filter((flag) => flag in values);
  return { values, positionals, composing };
}

/** The flags of `send`, as given. */
export type SendFlags = ReturnType<typeof parseSendFlags>;
