import { Writable } from 'node:stream';
import { givenUpError, throwIfGivenUp } from '../errors/abort';
import { errorCode, GraphTransportError } from '../errors/graph-transport-error';
import { type AnySignal, onAbort } from '../errors/signal';
import type { MessagePiece } from './base64-content';
import type { MailContent } from './mail-content';
import { MessageReader, type RawCopy, type ReadLimits } from './message-reader';

/** A message in the two forms in which it can be sent. */
export interface ReadMessage {
  content: MailContent;
  /** The message as it arrived. */
  raw: RawCopy;
  /** Frees the disk space of the message, if it takes any. Its attachments cannot be read any more. */
  close(): Promise<void> | undefined;
}

/**
 * Reads a MIME message. Attachments that do not fit in memory go to a temporary file.
 *
 * @param writeTo writes the message to a stream, and destroys the stream if it cannot
 * @param compose makes the whole message, which is then not written; undefined if it is too large for that
 * @throws GraphTransportError `EMESSAGE` if the message cannot be read, and as soon as it exceeds
 *   `messageBytes`; errors of Nodemailer itself (`EFILEACCESS` …) are passed on unchanged
 */
export async function readMessage(
  writeTo: (into: Writable) => void,
  limits: ReadLimits,
  signal?: AnySignal,
  compose?: () => readonly MessagePiece[] | undefined,
): Promise<ReadMessage> {
  throwIfGivenUp(signal);
  const reader = new MessageReader(limits);
  try {
    const whole = compose?.();
    if (whole) await readPieces(whole, reader);
    else await readStream(writeTo, reader, signal);
    const content = await reader.content();
    throwIfGivenUp(signal);
    return { content, raw: reader.raw, close: () => reader.close() };
  } catch (error) {
    await reader.close();
    throw signal?.aborted ? givenUpError(signal) : toReadError(error);
  }
}

async function readPieces(pieces: readonly MessagePiece[], reader: MessageReader): Promise<void> {
  for (const piece of pieces) {
    const room = reader.read(piece);
    if (room) await room;
  }
}

function readStream(
  writeTo: (into: Writable) => void,
  reader: MessageReader,
  signal: AnySignal | undefined,
): Promise<void> {
  const sink = new MessageSink(reader);
  const stopListening = onAbort(signal, () => sink.destroy(new Error('the send was aborted')));
  return new Promise<void>((resolve, reject) => {
    sink.once('finish', resolve).once('error', reject);
    writeTo(sink);
  }).finally(stopListening);
}

/** How much is collected before it is read: Nodemailer may write line by line. */
const GATHERED_BYTES = 64 * 1024;

/** Passes what is written to it on to a reader, in larger pieces. */
export class MessageSink extends Writable {
  readonly #reader: MessageReader;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;

  constructor(reader: MessageReader) {
    super();
    this.#reader = reader;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes < GATHERED_BYTES) done();
    else this.#pass(done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#pass(done);
  }

  #pass(done: (error?: Error) => void): void {
    this.#readGathered().then(() => done(), done);
  }

  async #readGathered(): Promise<void> {
    const [first] = this.#gathered;
    const chunk = first && this.#gathered.length === 1 ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#reader.read(chunk);
  }
}

/** Errors of Nodemailer's own content sources, which are more specific than ours. */
const CONTENT_CODES: ReadonlySet<unknown> = new Set(['EFILEACCESS', 'EURLACCESS', 'EFETCH', 'ESTREAM']);

function toReadError(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof GraphTransportError) return cause;
  if (CONTENT_CODES.has(errorCode(cause))) return cause;
  return new GraphTransportError('EMESSAGE', `The message cannot be read: ${cause.message}.`, { cause });
}
