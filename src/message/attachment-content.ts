import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphTransportError } from '../errors';

/** The decoded bytes of an attachment, wherever they are kept. */
export interface AttachmentContent {
  /** Bytes in all. */
  readonly size: number;
  /** All of them, when they are in memory; undefined when they are on disk. */
  readonly held: Buffer | undefined;
  /** Fills `target` with the bytes from `start` on and returns as much of it as there was. */
  read(target: Buffer, start: number): Promise<Buffer>;
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
  #file: Promise<FileHandle> | undefined;
  #fileBytes = 0;

  constructor(maxHeldBytes: number, maxBytes: number) {
    this.#maxHeldBytes = maxHeldBytes;
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes in one attachment; resolves when its stream has ended.
   *
   * @throws GraphTransportError `EMESSAGE` as soon as there are more than `maxBytes` in all
   */
  async take(source: AsyncIterable<Buffer>): Promise<AttachmentContent> {
    let chunks: Buffer[] = [];
    let gathered = 0;
    const extents: Extent[] = [];
    for await (const chunk of source) {
      chunks.push(chunk);
      gathered += chunk.length;
      this.#bytes += chunk.length;
      if (this.#bytes > this.#maxBytes) throw messageTooLarge(this.#maxBytes);
      if (this.#bytes <= this.#maxHeldBytes) continue;
      this.#file ??= openUnnamed();
      const file = await this.#file;
      if (gathered >= WRITE_BYTES) {
        extents.push(await this.#write(file, chunks));
        chunks = [];
        gathered = 0;
      }
    }
    if (this.#file === undefined) return inMemory(Buffer.concat(chunks));
    const file = await this.#file;
    extents.push(await this.#write(file, chunks));
    return onDisk(file, extents);
  }

  /** Gives the file back; contents on disk cannot be read any more. */
  async close(): Promise<void> {
    const file = await this.#file?.catch(() => undefined);
    this.#file = undefined;
    await file?.close();
  }

  async #write(file: FileHandle, chunks: Buffer[]): Promise<Extent> {
    const size = chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
    // Taken before it is filled: another attachment may be written at the same time.
    const offset = this.#fileBytes;
    this.#fileBytes += size;
    let rest = chunks;
    for (let done = 0; done < size; ) {
      const { bytesWritten } = await file.writev(rest, offset + done);
      done += bytesWritten;
      // A full disk may take the first part without a word; the rest then says what is wrong.
      if (done < size) rest = [Buffer.concat(rest).subarray(bytesWritten)];
    }
    return { offset, size };
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

function inMemory(held: Buffer): AttachmentContent {
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
