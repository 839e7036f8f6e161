import { Readable } from 'node:stream';

/** Large enough to cost little, small enough for memory to stay flat and for progress to be seen. */
const CHUNK_BYTES = 256 * 1024;

/** The body of a request, which knows whether all of it has gone out. */
export interface RequestBody {
  readonly stream: Readable;
  /**
   * Whether the last byte was given to the connection. Until then the service cannot have a whole request,
   * so that one which fails before has certainly not been carried out.
   */
  readonly isWritten: boolean;
}

/** A body that is read only as fast as the connection takes it: what was read has gone out. */
export function trackedBody(body: Buffer): RequestBody {
  let isWritten = body.length === 0;
  function* chunks() {
    for (let start = 0; start < body.length; start += CHUNK_BYTES) {
      isWritten = start + CHUNK_BYTES >= body.length;
      yield body.subarray(start, start + CHUNK_BYTES);
    }
  }
  return {
    stream: Readable.from(chunks(), { objectMode: false, highWaterMark: 0 }),
    get isWritten() {
      return isWritten;
    },
  };
}
