import { Readable } from 'node:stream';

/** The bytes of a request. They are produced on demand, and again for every attempt. */
export interface RequestBody {
  /** The total number of bytes. */
  readonly length: number;
  pieces(): Iterable<Buffer>;
}

/** Large enough to be cheap, small enough to keep memory use flat and to show progress. */
const PIECE_BYTES = 256 * 1024;

/** A body whose bytes are in memory. */
export function bufferBody(bytes: Buffer): RequestBody {
  return {
    length: bytes.length,
    *pieces() {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
    },
  };
}

/** A small body in one piece. */
export function wholeOf(body: RequestBody): Buffer {
  const pieces = [...body.pieces()];
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces);
}

/**
 * A body being sent. It is read only as fast as the connection takes it, so what has been read has gone out.
 */
export class BodyStream extends Readable {
  readonly #pieces: Iterator<Buffer>;
  #left: number;

  constructor(body: RequestBody) {
    super({ highWaterMark: 0 });
    this.#pieces = body.pieces()[Symbol.iterator]();
    this.#left = body.length;
  }

  /**
   * Whether the last byte was written to the connection. Before that, the service cannot have received the
   * whole request, so one that fails earlier was certainly not carried out.
   */
  get isWritten(): boolean {
    return this.#left === 0;
  }

  override _read(): void {
    const next = this.#pieces.next();
    if (next.done) {
      this.push(null);
      return;
    }
    this.#left -= next.value.length;
    this.push(next.value);
  }
}
