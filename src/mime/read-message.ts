import { givenUpError } from '../errors/abort';
import { errorCode } from '../errors/error-code';
import { GraphTransportError } from '../errors/graph-transport-error';
import type { MailContent } from './mail-content';
import { MessageReader, type RawCopy, type ReadLimits } from './message-reader';

/** A message in the two forms in which it can be sent. */
export interface ReadMessage {
  content: MailContent;
  /** The message as it arrived. */
  raw: RawCopy;
  /** Frees the disk space of the message. Its attachments cannot be read any more. */
  close(): Promise<void>;
}

/**
 * Reads a MIME message from a stream. Attachments that do not fit in memory go to a temporary file.
 *
 * @param writeTo writes the message to the reader, and destroys the reader if it cannot
 * @throws GraphTransportError `EMESSAGE` if the message cannot be read, and as soon as it exceeds
 *   `messageBytes`; errors of Nodemailer itself (`EFILEACCESS` …) are passed on unchanged
 */
export async function readMessage(
  writeTo: (reader: MessageReader) => void,
  limits: ReadLimits,
  signal?: AbortSignal,
): Promise<ReadMessage> {
  const reader = new MessageReader(limits);
  const abort = () => reader.destroy(new Error('the send was aborted'));
  try {
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    await readAll(writeTo, reader);
    const content = await reader.content();
    return { content, raw: reader.raw, close: () => reader.close() };
  } catch (error) {
    reader.destroy();
    await reader.close();
    throw signal?.aborted ? givenUpError(signal) : toReadError(error);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function readAll(writeTo: (reader: MessageReader) => void, reader: MessageReader): Promise<void> {
  return new Promise((resolve, reject) => {
    reader.once('finish', resolve).once('error', reject);
    writeTo(reader);
  });
}

/** Errors of Nodemailer's own content sources, which are more specific than ours. */
const CONTENT_CODES: ReadonlySet<unknown> = new Set(['EFILEACCESS', 'EURLACCESS', 'EFETCH', 'ESTREAM']);

function toReadError(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof GraphTransportError) return cause;
  if (CONTENT_CODES.has(errorCode(cause))) return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be read: ${cause.message}.`, { cause });
}
