import { finished, type Writable } from 'node:stream';
import type MimeNode from 'nodemailer/lib/mime-node';
import { encodeInPieces } from './encode-in-pieces';

/** What a message is written to. */
export interface MessageSink extends Writable {
  /** Whether what was written ends with a whole line. */
  readonly endsLine: boolean;
}

/**
 * Has Nodemailer write a message that it has compiled, attachments read and encoded. An error of its contents
 * destroys the sink; a sink that is destroyed closes them.
 */
export function writeMessage(message: MimeNode, into: MessageSink): void {
  const isPlain = isUntransformed(message) && isInMemory(message);
  encodeInPieces(message);
  if (isPlain) {
    // Nodemailer's own stream is this and two more streams around it, which cost a third of a small message.
    message.stream(into, {}, (error) => {
      if (error) into.destroy(error);
      else into.end(into.endsLine ? undefined : '\r\n');
    });
    return;
  }
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

/** Whether there is no file, connection or stream of the app's to close if the message is given up. */
function isInMemory(node: MimeNode): boolean {
  const { content } = node;
  const isHeld = content === undefined || typeof content === 'string' || Buffer.isBuffer(content);
  return isHeld && !('_raw' in node && node._raw) && node.childNodes.every(isInMemory);
}
