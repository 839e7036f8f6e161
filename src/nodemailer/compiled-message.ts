import { finished, type Writable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';
import { composeForReading } from './compose-small';
import { encodeInPieces } from './stream-large';

/**
 * Makes Nodemailer write a message that it has compiled: reads the attachments and encodes them. If that fails, the sink
 * is destroyed with the error. If the sink is destroyed, the attachments are closed.
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
