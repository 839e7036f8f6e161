import { finished, type Writable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';
import type { MessagePiece } from '../mime/base64-content';
import { composeAtOnce, composeForReading } from './compose-small';
import { encodeInPieces } from './stream-large';

/** What the message is written for: what is only read may have text in 8 bits, which takes less time. */
export type Purpose = 'reading' | 'sending';

/** The whole message in pieces, if it is small enough. */
export function wholeMessage(message: MimeNode, purpose: Purpose): MessagePiece[] | undefined {
  return purpose === 'sending' ? composeAtOnce(message) : composeForReading(message);
}

/**
 * Makes Nodemailer write a message that it has compiled: reads the attachments and encodes them. If that fails, the sink
 * is destroyed with the error. If the sink is destroyed, the attachments are closed.
 */
export function writeMessage(message: MimeNode, into: Writable): void {
  encodeInPieces(message);
  const source = message.createReadStream();
  into.once('close', () => source.destroy());
  finished(source, { writable: false }, (error) => error && into.destroy(error));
  source.pipe(into);
}
