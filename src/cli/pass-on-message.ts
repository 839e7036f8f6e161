import { createReadStream } from 'node:fs';
import type { SendMailOptions } from 'nodemailer';
import { parseAddresses } from '../message/address';
import { usageError } from './cli-error';
import type { CliIo } from './io';
import { readMessageHead } from './message-head';
import { readableFile } from './readable-file';
import type { SendFlags } from './send-flags';
import { untilDot } from './until-dot';

/**
 * A message that is whole already, out of a file or, as sendmail takes it, from stdin.
 *
 * @throws CliError when there is no message, or nobody to send it to
 */
export async function passOnMessage({ values, positionals }: SendFlags, io: CliIo): Promise<SendMailOptions> {
  const files = positionals.filter(isMessageFile);
  if (files.length > 1) throw usageError(`One message at a time: ${files.join(', ')} are several.`);
  const [file] = files;
  const given = positionals.filter((name) => !isMessageFile(name));
  const fromHeader = values['read-recipients'] || (file !== undefined && given.length === 0);
  if (!fromHeader && given.length === 0)
    throw usageError('Nobody is to get the message: name recipients, or give -t.');
  const ignoreDots = values['ignore-dots'] || values.option?.includes('i') || file !== undefined;
  const source = file === undefined ? io.stdin : createReadStream(readableFile(file, io));
  const { fields, message } = await readMessageHead(ignoreDots ? source : untilDot(source));
  const inHeader = fields
    .filter(({ key }) => /^(?:to|cc|bcc)$/.test(key))
    .map(({ value }) => Buffer.from(value, 'latin1').toString());
  const to = [...given, ...(fromHeader ? inHeader : [])].flatMap(addressesOf);
  const sender = values.sender ?? values['sender-r'];
  return { raw: message, envelope: { from: sender?.replace(/^<(.*)>$/, '$1') || false, to } };
}

/** A name without a domain, as of the local users of a mail server, is left to be refused by name. */
function addressesOf(value: string): string[] {
  return parseAddresses(value).map(({ address, name }) => address || name);
}

function isMessageFile(name: string): boolean {
  return /\.eml$/i.test(name);
}
