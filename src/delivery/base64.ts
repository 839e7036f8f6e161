/**
 * What is encoded at a time: whole groups of three bytes, which make four characters. Strings of more than
 * 128 KB are no young objects to V8, and take six times as long to make and to clear away.
 */
const PIECE_BYTES = 48 * 1024;

/** Length of `bytes` bytes in base64. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Bytes in base64, piece by piece: nobody needs all of it at once. */
export function* base64Pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield Buffer.from(bytes.toString('base64', at, at + PIECE_BYTES), 'latin1');
  }
}
