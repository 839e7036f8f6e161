import { pipeline, Readable, type Writable } from 'node:stream';
import type { MailContent } from '../../src/mime/mail-content';
import { type ReadMessage, readMessage } from '../../src/mime/read-message';

/** Larger messages are streamed. */
const AT_ONCE = 256 * 1024;
const LIMITS = { heldBytes: 3_000_000, messageBytes: 150_000_000 };

/** Writes what a stream gives, as Nodemailer does. */
export const from = (source: Readable) => (into: Writable) => {
  pipeline(source, into, () => undefined);
};

/** Reads a mail as the transport does. */
export function readMail(mime: Buffer, limits = LIMITS): Promise<ReadMessage> {
  const compose = () => (mime.length > AT_ONCE ? undefined : [mime]);
  return readMessage(from(Readable.from([mime])), limits, undefined, compose);
}

/** Reads a mail written as lines, CRLF between them. */
export async function readLines(...lines: string[]): Promise<MailContent> {
  return (await readMail(Buffer.from(lines.join('\r\n')))).content;
}
