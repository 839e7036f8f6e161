import { createReadStream } from 'node:fs';
import { parseAddresses } from '../mime/address';
import { recipientsIn } from './aliases';
import { usageError } from './cli-error';
import type { MessageChanges, MessageToSend } from './compose-message';
import { withForcedFrom } from './force-from';
import type { CliIo } from './io';
import { readMessageHead } from './message-head';
import { readableFile } from './readable-file';
import type { SendFlags } from './send-flags';
import { untilDot } from './until-dot';

/**
 * A finished message, from a file or, as with sendmail, from stdin.
 *
 * @throws CliError if there is no message, or no recipient
 */
export async function passOnMessage(
  { values, positionals }: SendFlags,
  { forcedFrom, addressesOf }: MessageChanges,
  io: CliIo,
): Promise<MessageToSend> {
  const files = positionals.filter(isMessageFile);
  if (files.length > 1) throw usageError(`One message at a time, not ${files.length}: ${files.join(', ')}.`);
  const [file] = files;
  const given = positionals.filter((name) => !isMessageFile(name));
  const fromHeader = values['read-recipients'] || (file !== undefined && given.length === 0);
  if (!fromHeader && given.length === 0)
    throw usageError('The message has no recipients: name them as arguments, or use -t.');
  const ignoreDots = values['ignore-dots'] || values.option?.includes('i') || file !== undefined;
  const source = file === undefined ? io.stdin : createReadStream(readableFile(file, io));
  const bend = (start: Buffer) =>
    forcedFrom === undefined ? start : withForcedFrom(start, forcedFrom, values.from, values['full-name']);
  const { fields, message } = await readMessageHead(ignoreDots ? source : untilDot(source), bend);
  const inHeader = (key: RegExp) =>
    fields.filter((field) => key.test(field.key)).map(({ value }) => Buffer.from(value, 'latin1').toString());
  const [from] = [...inHeader(/^from$/), values.from ?? ''].flatMap(parseAddresses);
  // A name without a domain and without an alias stays as it is, so that the error can name it.
  const to = [...given, ...(fromHeader ? inHeader(/^(?:to|cc|bcc)$/) : [])]
    .flatMap((list) => recipientsIn(list, addressesOf))
    .map(({ address, name }) => address || name);
  const sender = forcedFrom === undefined ? (values.sender ?? values['sender-r']) : undefined;
  return {
    mail: { raw: message, envelope: { from: sender?.replace(/^<(.*)>$/, '$1') || false, to } },
    from: from && (from.address || from.name),
    recipients: to,
  };
}

function isMessageFile(name: string): boolean {
  return /\.eml$/i.test(name);
}
