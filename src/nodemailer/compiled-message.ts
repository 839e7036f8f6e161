import { finished, type Writable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';
import { composeForReading } from './compose-small';
import { encodeInPieces } from './stream-large';

/**
 * Has Nodemailer write a message that it has compiled, attachments read and encoded. An error of its contents
 * destroys the sink; a sink that is destroyed closes them.
 */
export function writeMessage(message: MimeNode, into: Writable): void {
  const whole = composeForReading(message);
  if (whole) {
    into.end(whole);
    return;
  }
  encodeInPieces(message);
  const source = message.createReadStream();
  into.once('close', () => source.destroy());
  finished(source, { writable: false }, (error) => error && into.destroy(error));
  source.pipe(into);
}
