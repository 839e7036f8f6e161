import { Readable } from 'node:stream';
import { type HeaderField, isFieldStart, readHeaderBlock } from '../mime/header-block';
import { bytesBeforeHeader } from '../mime/message-start';
import { CliError } from './cli-error';
import { EXIT } from './exit-code';

/** A message whose header has been read ahead. It can still be read from the start. */
export interface MessageWithHead {
  /** The header fields, with one character per byte. */
  fields: HeaderField[];
  /** The whole message, from its first byte. */
  message: Readable;
}

/** A header that adds nothing a message would not have anyway. */
const EMPTY_HEAD = 'MIME-Version: 1.0\r\n\r\n';

/** The longest header that the transport accepts. */
const MAX_HEAD_BYTES = 256 * 1024;

/** Where a header ends, ignoring blank lines before it. */
const HEADER_END = /\S[\s\S]*?\n\r?\n/;

/**
 * Reads just enough of a message to see its header.
 *
 * Like sendmail, it adds a header to text that has none.
 *
 * @param bend changes the start of the message, which contains the header
 * @throws CliError if there is no message
 */
export async function readMessageHead(
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
