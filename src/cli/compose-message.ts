import { readFileSync } from 'node:fs';
import type { SendMailOptions } from 'nodemailer';
import { type MailAddress, parseAddresses } from '../mime/address';
import { type AddressesOf, recipientsIn } from './aliases';
import { usageError } from './exit-code';
import { oneOf, readableFile } from './flag-values';
import { forceFrom } from './force-from';
import type { CliIo } from './io';
import type { SendFlags } from './send-flags';

/** A message, and what is reported about it whatever happens. */
export interface MessageToSend {
  mail: SendMailOptions;
  /** What From says; undefined if it is missing. */
  from: string | undefined;
  recipients: string[];
}

/** How the message should be changed. */
export interface MessageChanges {
  /** The mailbox to put in From; undefined to leave From as it is. */
  forcedFrom: string | undefined;
  /** Resolves recipients without a domain; undefined to leave recipients as they are. */
  addressesOf: AddressesOf | undefined;
}

/**
 * The message that the flags describe.
 *
 * @throws CliError if they do not describe a message, or name a file that cannot be read
 */
export async function composeMessage(
  { values }: SendFlags,
  { forcedFrom, addressesOf }: MessageChanges,
  io: CliIo,
): Promise<MessageToSend> {
  const { to, cc, bcc, subject, attach = [], header = [] } = values;
  const recipients = [to, cc, bcc].flatMap((addresses) => addresses ?? []);
  if (recipients.length === 0) throw usageError('The message has no recipients: use --to, --cc or --bcc.');
  if (values.text === '-' && values.html === '-')
    throw usageError('Only one of --text and --html can be on stdin.');
  const text = await body(values.text, values['text-file'], 'text', io);
  const html = await body(values.html, values['html-file'], 'html', io);
  if (text === undefined && html === undefined && attach.length === 0) {
    throw usageError('The message is empty: use --text, --html, --text-file, --html-file or --attach.');
  }
  const said = parseAddresses(values.from ?? '');
  const forced = forcedFrom === undefined ? undefined : forceFrom(said, forcedFrom);
  const withAliases = (lists: string[] | undefined) =>
    addressesOf ? lists?.flatMap((list) => recipientsIn(list, addressesOf)) : lists;
  const given = { to: withAliases(to), cc: withAliases(cc), bcc: withAliases(bcc) };
  const mail = {
    from: forced ? forced.from : values.from,
    ...given,
    replyTo: values['reply-to'] ?? forced?.replyTo,
    subject,
    text,
    html,
    messageId: values['message-id'],
    headers: header.map(toHeader),
    attachments: attach.map((file) => ({ path: readableFile(file, io) })),
    graph: { importance: oneOf('importance', values.importance, 'low', 'normal', 'high') },
  };
  return {
    mail,
    from: forced ? forced.from?.address : said[0]?.address,
    recipients: Object.values(given)
      .flatMap((lists: (string | MailAddress)[] = []) => lists)
      .flatMap((list) => (typeof list === 'string' ? parseAddresses(list) : [list]))
      .map(({ address, name }) => address || name),
  };
}

async function body(
  given: string | undefined,
  file: string | undefined,
  name: string,
  io: CliIo,
): Promise<string | undefined> {
  if (given !== undefined && file !== undefined)
    throw usageError(`Give either --${name} or --${name}-file, not both.`);
  if (file !== undefined) return readFileSync(readableFile(file, io), 'utf8');
  if (given !== '-') return given;
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function toHeader(header: string): { key: string; value: string } {
  const [, key, value] = /^([!-9;-~]+):\s*([^\r\n]*)$/.exec(header) ?? [];
  if (key === undefined || value === undefined) {
    throw usageError(`--header takes 'Name: value', not '${header}'.`);
  }
  return { key, value };
}
