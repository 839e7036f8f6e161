import { Readable } from 'node:stream';

/** The bytes of a request. They are made when they are wanted, and anew for every attempt. */
export interface RequestBody {
  /** Bytes in all. */
  readonly length: number;
  pieces(): Iterable<Buffer>;
}

/** Large enough to cost little, small enough for memory to stay flat and for progress to be seen. */
const PIECE_BYTES = 256 * 1024;

/** Bytes that are there already. */
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
  const [first, ...rest] = body.pieces();
  return first && rest.length === 0 ? first : Buffer.concat(first ? [first, ...rest] : []);
}

/** A body on its way: it is read only as fast as the connection takes it, so that what was read has gone out. */
export class BodyStream extends Readable {
  readonly #pieces: Iterator<Buffer>;
  #left: number;

  constructor(body: RequestBody) {
    super({ highWaterMark: 0 });
    this.#pieces = body.pieces()[Symbol.iterator]();
    this.#left = body.length;
  }

  /**
   * Whether the last byte was given to the connection. Until then the service cannot have a whole request,
   * so that one which fails before has certainly not been carried out.
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
