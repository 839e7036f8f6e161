import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphTransportError } from '../errors/graph-transport-error';

/** The decoded bytes of an attachment, wherever they are kept. */
export interface AttachmentContent {
  /** Bytes in all. */
  readonly size: number;
  /** All of them, when they are in memory; undefined when they are on disk. */
  readonly held: Buffer | undefined;
  /** Fills `target` with the bytes from `start` on and returns as much of it as there was. */
  read(target: Buffer, start: number): Promise<Buffer>;
}

/** Takes in the bytes of one attachment. */
export interface AttachmentSink {
  /**
   * Resolves when there is room for more; undefined when there is at once.
   *
   * @throws GraphTransportError `EMESSAGE` as soon as there are too many in all
   */
  write(chunk: Buffer): Promise<void> | undefined;
  /** What was taken in. */
  end(): Promise<AttachmentContent>;
}

/** Bytes that are gathered before they are written: streams of mail come in far smaller pieces. */
const WRITE_BYTES = 256 * 1024;

/** Bytes of an attachment that lie together in the file. */
interface Extent {
  offset: number;
  size: number;
}

/**
 * Takes in attachments, several at a time if need be: in memory, and from the moment that they would be more
 * than `maxHeldBytes` together, in a temporary file. The file is private (0600) and has no name from the
 * moment it is open, so that it is gone whatever becomes of this process.
 */
export class Spool {
  readonly #maxHeldBytes: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #isOnDisk = false;
  #file: Promise<FileHandle> | undefined;
  #fileBytes = 0;
  #isClosed = false;

  constructor(maxHeldBytes: number, maxBytes: number) {
    this.#maxHeldBytes = maxHeldBytes;
    this.#maxBytes = maxBytes;
  }

  /** Takes in one attachment, piece by piece. */
  open(): AttachmentSink {
    let chunks: Buffer[] = [];
    let gathered = 0;
    const extents: Extent[] = [];
    let written: Promise<unknown> = Promise.resolve();
    const writeGathered = async () => {
      // Taken before it is filled: another attachment may be written at the same time.
      const extent = { offset: this.#fileBytes, size: gathered };
      this.#fileBytes += gathered;
      extents.push(extent);
      written = Promise.all([written, this.#write(chunks, extent)]);
      chunks = [];
      gathered = 0;
      await written;
    };
    return {
      write: (chunk) => {
        chunks.push(chunk);
        gathered += chunk.length;
        this.#bytes += chunk.length;
        if (this.#bytes > this.#maxBytes) throw messageTooLarge(this.#maxBytes);
        this.#isOnDisk ||= this.#bytes > this.#maxHeldBytes;
        return this.#isOnDisk && gathered >= WRITE_BYTES ? writeGathered() : undefined;
      },
      end: async () => {
        if (!this.#isOnDisk) return inMemory(oneOf(chunks));
        await writeGathered();
        return onDisk(await this.#open(), extents);
      },
    };
  }

  /**
   * Takes in one attachment; resolves when its stream has ended.
   *
   * @throws GraphTransportError `EMESSAGE` as soon as there are more than `maxBytes` in all
   */
  async take(source: AsyncIterable<Buffer>): Promise<AttachmentContent> {
    const sink = this.open();
    for await (const chunk of source) await sink.write(chunk);
    return sink.end();
  }

  /** Gives the file back; contents on disk cannot be read any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const file = await this.#file?.catch(() => undefined);
    this.#file = undefined;
    await file?.close();
  }

  #open(): Promise<FileHandle> {
    // Whoever still writes when the message is given up must not open a file that nobody closes.
    if (this.#isClosed) return Promise.reject(new Error('the message was given up'));
    this.#file ??= openUnnamed();
    return this.#file;
  }

  async #write(chunks: Buffer[], { offset, size }: Extent): Promise<void> {
    const file = await this.#open();
    let rest = chunks;
    for (let done = 0; done < size; ) {
      const { bytesWritten } = await file.writev(rest, offset + done);
      done += bytesWritten;
      // A full disk may take the first part without a word; the rest then says what is wrong.
      if (done < size) rest = [Buffer.concat(rest).subarray(bytesWritten)];
    }
  }
}

/** The error for a message over `maxMessageSize`. */
export function messageTooLarge(maxBytes: number): GraphTransportError {
  return new GraphTransportError(
    'EMESSAGE',
    `The message is larger than maxMessageSize, ${maxBytes} bytes.`,
    {
      hint: 'Nothing was sent. Raise maxMessageSize, as far as the mailbox allows, or send a link instead.',
    },
  );
}

function oneOf(chunks: Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/** Bytes that are in memory. */
export function inMemory(held: Buffer): AttachmentContent {
  return {
    size: held.length,
    held,
    async read(target, start) {
      return target.subarray(0, held.copy(target, 0, start));
    },
  };
}

function onDisk(file: FileHandle, extents: readonly Extent[]): AttachmentContent {
  return {
    size: extents.reduce((bytes, { size }) => bytes + size, 0),
    held: undefined,
    async read(target, start) {
      let done = 0;
      let position = 0;
      for (const { offset, size } of extents) {
        const from = Math.max(start + done - position, 0);
        const wanted = Math.min(size - from, target.length - done);
        if (wanted > 0) {
          await readWhole(file, target.subarray(done, done + wanted), offset + from);
          done += wanted;
        }
        position += size;
      }
      return target.subarray(0, done);
    },
  };
}

async function readWhole(file: FileHandle, target: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await file.read(target, done, target.length - done, offset + done);
    if (bytesRead === 0) throw new Error('the temporary file has become shorter');
    done += bytesRead;
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `nodemailer-graph-transport-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}
