import { Readable } from 'node:stream';
import type { MailContent } from '../../src/message/mail-content';
import { readMessage } from '../../src/message/read-message';

/** Reads a mail written as lines, CRLF between them. */
export async function readLines(...lines: string[]): Promise<MailContent> {
  return (await readMessage(Readable.from([lines.join('\r\n')]), 1_000_000)).content;
}
