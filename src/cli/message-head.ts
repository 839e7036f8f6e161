import { Readable } from 'node:stream';
import { CliError } from './cli-error';
import { EXIT } from './exit-code';

/** A message whose header has been looked at, and is still to be read as a whole. */
export interface MessageWithHead {
  /** The header fields, unfolded, bytes as Latin-1. */
  fields: { name: string; value: string }[];
  /** The message, from its first byte. */
  message: Readable;
}

/** Says nothing that a message would not be without. */
const EMPTY_HEAD = 'MIME-Version: 1.0\r\n\r\n';

/** As much header as the transport takes. */
const MAX_HEAD_BYTES = 1024 * 1024;

/**
 * Reads the header of a message, and no more of it than that takes.
 *
 * As sendmail does, it takes off the `From ` line that mailbox files have, and gives a header to a text that
 * has none.
 *
 * @throws CliError when there is no message
 */
export async function readMessageHead(source: AsyncIterable<Buffer>): Promise<MessageWithHead> {
  const chunks = source[Symbol.asyncIterator]();
  let start = '';
  let isOver = false;
  while (!isOver && !/\r?\n\r?\n/.test(start) && start.length < MAX_HEAD_BYTES) {
    const { done, value } = await chunks.next();
    if (done) isOver = true;
    else start += value.toString('latin1');
  }
  if (start.trim() === '') throw new CliError(EXIT.dataError, 'There is no message: the input is empty.');
  start = start.replace(/^From [^\n]*\n/, '');
  if (!/^[!-9;-~]+[ \t]*:/.test(start)) start = `${EMPTY_HEAD}${start.replace(/^\r?\n/, '')}`;
  async function* whole() {
    try {
      yield Buffer.from(start, 'latin1');
      if (!isOver) yield* { [Symbol.asyncIterator]: () => chunks };
    } finally {
      await chunks.return?.();
    }
  }
  const [head = ''] = start.split(/\r?\n\r?\n/, 1);
  return { fields: fieldsOf(head), message: Readable.from(whole(), { objectMode: false }) };
}

function fieldsOf(head: string): MessageWithHead['fields'] {
  return head
    .replace(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .map((line) => /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [])
    .flatMap(([, name, value]) =>
      name === undefined || value === undefined ? [] : { name, value: value.trim() },
    );
}
