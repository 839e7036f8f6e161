import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { parseAddresses } from '../mime/address';
import { bytesBeforeHeader, type HeaderField, isFieldStart, readHeaderBlock } from '../mime/header-block';
import { recipientsIn } from './aliases';
import type { MessageChanges, MessageToSend } from './compose-message';
import { CliError, EXIT, usageError } from './exit-code';
import { readableFile } from './flag-values';
import { withForcedFrom } from './force-from';
import type { CliIo } from './io';
import type { SendFlags } from './send-flags';

/** A header that adds nothing a message would not have anyway. */
const EMPTY_HEAD = 'MIME-Version: 1.0\r\n\r\n';

/** The longest header that the transport accepts. */
const MAX_HEAD_BYTES = 256 * 1024;

/** Where a header ends, ignoring blank lines before it. */
const HEADER_END = /\S[\s\S]*?\n\r?\n/;

/** A message whose header has been read ahead. It can still be read from the start. */
interface MessageWithHead {
  /** The header fields, with one character per byte. */
  fields: HeaderField[];
  /** The whole message, from its first byte. */
  message: Readable;
}

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
  const bend = (start: Buffer) => {
    const answering = withAnswered(start, values['in-reply-to']);
    return forcedFrom === undefined
      ? answering
      : withForcedFrom(answering, forcedFrom, values.from, values['full-name']);
  };
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

/**
 * The start of a message, including its header, which names the message that it answers, unless it names one: that is
 * all that is left of a reply that cannot join the conversation.
 */
function withAnswered(start: Buffer, answered: string | undefined): Buffer {
  const [, id] = /^\s*<?([^\s<>]+@[^\s<>]+)>?\s*$/.exec(answered ?? '') ?? [];
  const { fields } = readHeaderBlock(start.toString('latin1'));
  if (id === undefined || fields.some(({ key }) => key === 'in-reply-to')) return start;
  const hasReferences = fields.some(({ key }) => key === 'references');
  const names = ['In-Reply-To', ...(hasReferences ? [] : ['References'])];
  const lineEnd = /\r?\n/.exec(start.toString('latin1'))?.[0] ?? '\n';
  return Buffer.concat([Buffer.from(names.map((name) => `${name}: <${id}>${lineEnd}`).join('')), start]);
}

function isMessageFile(name: string): boolean {
  return /\.eml$/i.test(name);
}

/**
 * Reads just enough of a message to see its header.
 *
 * Like sendmail, it adds a header to text that has none.
 *
 * @param bend changes the start of the message, which contains the header
 * @throws CliError if there is no message
 */
async function readMessageHead(
  source: AsyncIterable<Buffer>,
  bend: (start: Buffer) => Buffer = (start) => start,
): Promise<MessageWithHead> {
  const chunks = source[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  let isOver = false;
  while (!isOver && !hasWholeHead(start) && start.length < MAX_HEAD_BYTES) {
    const { done, value } = await chunks.next();
    if (done) isOver = true;
    else start = Buffer.concat([start, value]);
  }
  if (start.toString('latin1').trim() === '') {
    throw new CliError(EXIT.dataError, 'There is no message: the input is empty.');
  }
  const message = bend(withHeader(start.subarray(bytesBeforeHeader(start))));
  async function* whole() {
    try {
      yield message;
      if (!isOver) yield* { [Symbol.asyncIterator]: () => chunks };
    } finally {
      await chunks.return?.();
    }
  }
  const { fields } = readHeaderBlock(message.toString('latin1'));
  return { fields, message: Readable.from(whole(), { objectMode: false }) };
}

function hasWholeHead(start: Buffer): boolean {
  return HEADER_END.test(start.toString('latin1', bytesBeforeHeader(start)));
}

function withHeader(message: Buffer): Buffer {
  const text = message.toString('latin1', 0, MAX_HEAD_BYTES);
  if (isFieldStart(text)) return message;
  return Buffer.concat([Buffer.from(EMPTY_HEAD), message.subarray(/^\r?\n/.exec(text)?.[0].length ?? 0)]);
}

/** A message that ends, as mail programs expect, at a line with only a dot. */
async function* untilDot(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // A line break in front makes the first line like every other; it is removed again.
  let held = '\n';
  let isStart = true;
  const taken = (length: number) => {
    const text = held.slice(isStart ? 1 : 0, length);
    held = held.slice(length);
    isStart = false;
    return Buffer.from(text, 'latin1');
  };
  for await (const chunk of source) {
    held += chunk.toString('latin1');
    const dot = /\n\.\r?\n/.exec(held);
    if (dot) {
      yield taken(dot.index + 1);
      return;
    }
    // Holds back what may turn out to be the line with the dot.
    const length = /\n(?:\.\r?)?$/.exec(held)?.index ?? held.length;
    if (length > 0) yield taken(length);
  }
  const last = /\n\.\r?$/.exec(held);
  yield taken(last ? last.index + 1 : held.length);
}
