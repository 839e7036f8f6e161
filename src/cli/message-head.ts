import { Readable } from 'node:stream';
import { type HeaderField, isFieldStart, readHeaderBlock } from '../mime/header-block';
import { bytesBeforeHeader } from '../mime/message-start';
import { CliError } from './cli-error';
import { EXIT } from './exit-code';

/** A message whose header has been looked at, and is still to be read as a whole. */
export interface MessageWithHead {
  /** The header fields, one character a byte. */
  fields: HeaderField[];
  /** The message, from its first byte. */
  message: Readable;
}

/** Says nothing that a message would not be without. */
const EMPTY_HEAD = 'MIME-Version: 1.0\r\n\r\n';

/** As much header as the transport takes. */
const MAX_HEAD_BYTES = 256 * 1024;

/** Where a header ends, once what stands before it has been taken off. */
const HEADER_END = /\S[\s\S]*?\n\r?\n/;

/**
 * Reads the header of a message, and no more of it than that takes.
 *
 * As sendmail does, it gives a header to a text that has none.
 *
 * @param bend changes the header, in the bytes that a message begins with
 * @throws CliError when there is no message
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
