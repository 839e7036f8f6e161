import { finished, type Writable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';
import { composeAtOnce } from './compose-at-once';
import { encodeInPieces } from './encode-in-pieces';

/**
 * Has Nodemailer write a message that it has compiled, attachments read and encoded. An error of its contents
 * destroys the sink; a sink that is destroyed closes them.
 */
export function writeMessage(message: MimeNode, into: Writable): void {
  const whole = isUntransformed(message) ? composeAtOnce(message) : undefined;
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

/** Whether no plugin changes the message as it is written. Nodemailer does not tell: unless it is clear, no. */
function isUntransformed(message: MimeNode): boolean {
  return (
    !message.newline &&
    '_transforms' in message &&
    isEmptyList(message._transforms) &&
    '_processFuncs' in message &&
    isEmptyList(message._processFuncs)
  );
}

function isEmptyList(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
