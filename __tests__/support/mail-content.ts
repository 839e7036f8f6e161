import { pipeline, Readable, type Writable } from 'node:stream';
import type { MailContent } from '../../src/mime/mail-content';
import { type ReadMessage, readMessage } from '../../src/mime/read-message';

const LIMITS = { heldBytes: 3_000_000, messageBytes: 150_000_000 };

/** Writes what a stream gives, as Nodemailer does. */
export const from = (source: Readable) => (into: Writable) => {
  pipeline(source, into, () => undefined);
};

/** Reads a mail as the transport does. */
export function readMail(mime: Buffer, limits = LIMITS): Promise<ReadMessage> {
  return readMessage(from(Readable.from([mime])), limits);
}

/** Reads a mail written as lines, CRLF between them. */
export async function readLines(...lines: string[]): Promise<MailContent> {
  return (await readMail(Buffer.from(lines.join('\r\n')))).content;
}
