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

/**
 * Takes in attachments one after the other: in memory, and from the moment that they would be more than
 * `maxHeldBytes` together, in a temporary file. The file is private (0600) and has no name from the moment
 * it is open, so that it is gone whatever becomes of this process.
 */
export class Spool {
  readonly #maxHeldBytes: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #heldBytes = 0;
  #file: FileHandle | undefined;
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
    let size = 0;
    const start = this.#fileBytes;
    for await (const chunk of source) {
      chunks.push(chunk);
      gathered += chunk.length;
      size += chunk.length;
      this.#bytes += chunk.length;
      if (this.#bytes > this.#maxBytes) throw messageTooLarge(this.#maxBytes);
      const tooMuch = this.#heldBytes + gathered > this.#maxHeldBytes;
      if (tooMuch) this.#file ??= await openUnnamed();
      if (this.#file && gathered >= WRITE_BYTES) {
        await this.#write(this.#file, chunks);
        chunks = [];
        gathered = 0;
      }
    }
    if (this.#file === undefined) {
      this.#heldBytes += size;
      return inMemory(Buffer.concat(chunks));
    }
    await this.#write(this.#file, chunks);
    return onDisk(this.#file, start, size);
  }

  /** Gives the file back; contents on disk cannot be read any more. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(file: FileHandle, chunks: Buffer[]): Promise<void> {
    if (chunks.length === 0) return;
    const wanted = chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
    const { bytesWritten } = await file.writev(chunks, this.#fileBytes);
    this.#fileBytes += bytesWritten;
    // A full disk may take the first part without a word; the rest then says what is wrong.
    if (bytesWritten < wanted) await this.#write(file, [Buffer.concat(chunks).subarray(bytesWritten)]);
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

function onDisk(file: FileHandle, offset: number, size: number): AttachmentContent {
  return {
    size,
    held: undefined,
    async read(target, start) {
      const wanted = Math.min(target.length, size - start);
      let done = 0;
      while (done < wanted) {
        const { bytesRead } = await file.read(target, done, wanted - done, offset + start + done);
        if (bytesRead === 0) throw new Error('the temporary file has become shorter');
        done += bytesRead;
      }
      return target.subarray(0, done);
    },
  };
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
