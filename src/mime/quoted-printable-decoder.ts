/** Decodes quoted-printable that comes in pieces, and notes whether another reader could make something else of it. */
export class QuotedPrintableDecoder {
  /** Whether nothing but quoted-printable was there (RFC 2045, section 6.7). */
  isStrict = true;
  /** What could be the start of something: `=`, `=C`, white space that a line end may follow. */
  #rest = '';

  decode(piece: Buffer): Buffer {
    const text = this.#rest + piece.toString('latin1');
    const [rest = ''] = /(?:=[^\n]?|[ \t]?\r|[ \t])$/.exec(text) ?? [];
    this.#rest = rest;
    return this.#decode(text.slice(0, text.length - rest.length));
  }

  /** What was held back. */
  end(): Buffer {
    const rest = this.#rest;
    this.#rest = '';
    if (/^[ \t]/.test(rest)) this.isStrict = false;
    // A line that ends in "=" may be the last one.
    return this.#decode(rest === '=' || rest === '=\r' ? '' : rest);
  }

  #decode(text: string): Buffer {
    // White space at the end of a line may have been added on the way; decoders differ on what to do with it.
    this.isStrict &&= !/=(?!\r?\n|[0-9a-f]{2})|[^\t\r\n\x20-\x7e]|[ \t]\r?\n|\r(?!\n)/i.test(text);
    return Buffer.from(
      text.replace(/=(?:\r?\n|([0-9a-f]{2}))/gi, (_, hex: string | undefined) =>
        hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      'latin1',
    );
  }
}
