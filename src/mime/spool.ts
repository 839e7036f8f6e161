import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphTransportError } from '../errors/graph-transport-error';

/** The decoded bytes of an attachment, in memory or on disk. */
export interface AttachmentContent {
  /** Total number of bytes. */
  readonly size: number;
  /** All the bytes if they are in memory; undefined if they are on disk. */
  readonly held: Buffer | undefined;
  /** Fills `target` with the bytes from `start` on, and returns the part of it that was filled. */
  read(target: Buffer, start: number): Promise<Buffer>;
}

/** Receives the bytes of one attachment. */
export interface AttachmentSink {
  /**
   * Resolves when it can take more; undefined if it can right away.
   *
   * @throws GraphTransportError `EMESSAGE` as soon as there are too many bytes in total
   */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Ends the attachment and returns its content. */
  end(): Promise<AttachmentContent>;
}

/** How many bytes are collected before they are written: mail streams deliver far smaller pieces. */
const WRITE_BYTES = 256 * 1024;

/** A contiguous range of an attachment's bytes in the file. */
interface Extent {
  offset: number;
  size: number;
}

/**
 * Receives attachments, several at a time if needed: in memory, or once they exceed `maxHeldBytes` together, in
 * a temporary file. The file is private (0600) and is unlinked as soon as it is open, so it disappears whatever
 * happens to this process.
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

  /** Starts an attachment that arrives piece by piece. */
  open(): AttachmentSink {
    let chunks: Buffer[] = [];
    let gathered = 0;
    const extents: Extent[] = [];
    let written: Promise<unknown> = Promise.resolve();
    const writeGathered = async () => {
      // Reserved before it is written: another attachment may be written at the same time.
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
   * Stores one attachment; resolves when its stream has ended.
   *
   * @throws GraphTransportError `EMESSAGE` as soon as there are more than `maxBytes` in total
   */
  async take(source: AsyncIterable<Buffer>): Promise<AttachmentContent> {
    const sink = this.open();
    for await (const chunk of source) await sink.write(chunk);
    return sink.end();
  }

  /** Removes the file, if there is one. Contents on disk cannot be read any more. */
  close(): Promise<void> | undefined {
    this.#isClosed = true;
    const file = this.#file;
    this.#file = undefined;
    return file?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }

  #open(): Promise<FileHandle> {
    // After the send was aborted, a writer must not open a file that would never be closed.
    if (this.#isClosed) return Promise.reject(new Error('the send was aborted'));
    this.#file ??= openUnnamed();
    return this.#file;
  }

  async #write(chunks: Buffer[], { offset, size }: Extent): Promise<void> {
    const file = await this.#open();
    let rest = chunks;
    for (let done = 0; done < size; ) {
      const { bytesWritten } = await file.writev(rest, offset + done);
      done += bytesWritten;
      // A full disk may accept the first part without an error; writing the rest then reports it.
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
      hint: 'Nothing was sent. Raise maxMessageSize, if the mailbox allows it, or send a link instead.',
    },
  );
}

/** The bytes of all chunks, copied only if there are several. */
export function oneOf(chunks: Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/** Content that is in memory. */
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
        const from = Math.max(start - position, 0);
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
    if (bytesRead === 0) throw new Error('the temporary file was truncated');
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
