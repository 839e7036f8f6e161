import { Transform, type TransformCallback } from 'node:stream';
import libmime from 'libmime';

/** A header block longer than this is left to the parser behind, which refuses it. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** A line longer than this is no delimiter: RFC 2046 allows 70 characters, plus white space. */
const MAX_DELIMITER_BYTES = 2048;

const LF = 0x0a;
const DASH = 0x2d;

/**
 * Lets a message pass and marks text parts that are files as such: mailparser would melt
 * `Content-Disposition: inline; filename="notes.txt"`, as Apple Mail sends it, into the body. Nothing but
 * that one word, in the header of such a part, is changed.
 */
export class NamedTextParts extends Transform {
  /** Boundaries of the multiparts that are open, outermost first. */
  #boundaries: string[] = [];
  /** The lines of the header block that is being read; undefined in a body. */
  #header: Buffer[] | undefined = [];
  #headerBytes = 0;
  /** The start of a line that is held back, because the rest of it decides. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the start of the line that comes next has been let pass. */
  #inLine = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#scan(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#rest.length > 0) this.#line(this.#rest);
    this.#endHeader();
    done();
  }

  #scan(data: Buffer): void {
    this.#rest = Buffer.alloc(0);
    // Lines of a body are let pass together, not one by one.
    let passed = 0;
    let at = 0;
    const passTo = (end: number) => {
      if (end > passed) this.push(data.subarray(passed, end));
      passed = end;
    };
    while (at < data.length) {
      const lineEnd = data.indexOf(LF, at) + 1;
      const mayMatter = !this.#inLine && (this.#header !== undefined || data[at] === DASH);
      if (mayMatter) {
        passTo(at);
        if (lineEnd === 0 && data.length - at < this.#longestLine()) {
          this.#rest = data.subarray(at);
          return;
        }
        passed = lineEnd || data.length;
        this.#line(data.subarray(at, passed));
      }
      this.#inLine = lineEnd === 0;
      at = lineEnd || data.length;
    }
    passTo(data.length);
  }

  #longestLine(): number {
    return this.#header === undefined ? MAX_DELIMITER_BYTES : MAX_HEADER_BYTES;
  }

  #line(line: Buffer): void {
    const delimiter = this.#delimiterOf(line);
    if (delimiter) {
      this.#endHeader();
      this.#boundaries.length = delimiter.depth + (delimiter.closing ? 0 : 1);
      if (!delimiter.closing) this.#header = [];
      this.push(line);
    } else if (this.#header === undefined) {
      this.push(line);
    } else {
      this.#header.push(line);
      this.#headerBytes += line.length;
      const empty = line.length <= 2 && line.toString('latin1').trim() === '';
      if (empty || this.#headerBytes > MAX_HEADER_BYTES) this.#endHeader();
    }
  }

  #delimiterOf(line: Buffer): { depth: number; closing: boolean } | undefined {
    if (line[0] !== DASH || line[1] !== DASH || line.length > MAX_DELIMITER_BYTES) return undefined;
    const text = line.toString('latin1').trimEnd().slice(2);
    for (let depth = this.#boundaries.length - 1; depth >= 0; depth--) {
      if (text === this.#boundaries[depth]) return { depth, closing: false };
      if (text === `${this.#boundaries[depth]}--`) return { depth, closing: true };
    }
    return undefined;
  }

  #endHeader(): void {
    if (this.#header === undefined) return;
    const block = Buffer.concat(this.#header);
    this.#header = undefined;
    this.#headerBytes = 0;
    if (block.length > 0) this.push(this.#readHeader(block));
  }

  #readHeader(block: Buffer): Buffer {
    const text = block.toString('latin1');
    const type = structured(text, 'content-type');
    const boundary = type.params.boundary?.trimEnd();
    if (/^multipart\//i.test(type.value) && boundary) {
      this.#boundaries.push(boundary);
      return block;
    }
    if (!/^text\/(?:plain|html)$/i.test(type.value)) return block;
    const disposition = structured(text, 'content-disposition');
    if (!/^inline$/i.test(disposition.value) || !(disposition.params.filename || type.params.name))
      return block;
    return Buffer.from(text.replace(/^(content-disposition:\s*)inline/im, '$1attachment'), 'latin1');
  }
}

function structured(
  block: string,
  name: string,
): { value: string; params: Record<string, string | undefined> } {
  const [, value] = new RegExp(`^${name}:((?:.|\\r?\\n[ \\t])*)`, 'im').exec(block) ?? [];
  if (value === undefined) return { value: '', params: {} };
  return libmime.parseHeaderValue(value.replace(/\r?\n/g, '').trim(), { stripComments: true });
}
