/**
 * How much is encoded at a time: whole groups of three bytes, which become four characters. V8 does not put
 * strings over 128 KB among its young objects, and they take six times as long to create and to free.
 */
const PIECE_BYTES = 48 * 1024;

/** The length of `bytes` bytes in base64. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** The bytes in base64, piece by piece, so that it need not all be in memory at once. */
export function* base64Pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield Buffer.from(bytes.toString('base64', at, at + PIECE_BYTES), 'latin1');
  }
}
