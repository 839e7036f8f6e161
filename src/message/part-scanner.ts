import libmime from 'libmime';
import type { GraphTransportError } from '../errors';
import { Base64Decoder } from './base64-decoder';
import { isPlainBase64 } from './is-plain-base64';
import { isBodyText, type MailPart } from './mail-part';
import { bodyTooLarge, MAX_BODY_BYTES, MAX_DEPTH, nestedTooDeep, oddBoundary } from './structure-limits';
import type { ContentSink } from './taken-out';

/** A header block longer than this is left to the parser behind, which refuses it. */
const MAX_HEADER_BYTES = 1024 * 1024;
/** A line longer than this is no delimiter: RFC 2046 allows 70 characters, plus white space. */
const MAX_DELIMITER_BYTES = 2048;

/** A line that ends a part of the multipart at this depth, or the multipart itself. */
interface Delimiter {
  depth: number;
  closing: boolean;
}

const LF = 0x0a;
const DASH = 0x2d;
const LINE_WITH_DASH = Buffer.from('\n-');

/**
 * Lets a message pass and notes its structure, which mailparser does not tell. Text parts that are files it
 * marks as such: mailparser would melt `Content-Disposition: inline; filename="notes.txt"`, as Apple Mail
 * sends it, into the body. Nothing but that one word, in the header of such a part, is changed.
 *
 * Content that is base64, as that of nearly every attachment, can be taken out: mailparser reads it line by
 * line, which takes five times as long and litters the heap.
 */
export class PartScanner {
  /** The message itself, with all its parts, once it has passed. */
  root: MailPart | undefined;
  /** The multiparts that are open, outermost first. */
  #open: { boundary: string; part: MailPart }[] = [];
  /** Depth in `#open` by boundary, the innermost where two share one. */
  #depths: ReadonlyMap<string, number> = new Map();
  /** Whether what passes now is body text, and how much of it there has been. */
  #inText = false;
  #textBytes = 0;
  /** The lines of the header block that is being read; undefined in a body. */
  #header: Buffer[] | undefined = [];
  #headerBytes = 0;
  /** The start of a line that is held back, because the rest of it decides. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the start of the line that comes next has been let pass. */
  #inLine = false;
  #hasOddBoundary = false;
  readonly #takeOut: (() => ContentSink) | undefined;
  /** Where the content goes that passes now, if it is taken out. */
  #content: { sink: ContentSink; decoder: Base64Decoder } | undefined;
  /** What was let pass of the chunk at hand. */
  #passed: Buffer[] = [];
  #writes: Promise<void>[] = [];

  /** @param takeOut opens the sink for a content that is taken out, decoded */
  constructor(takeOut?: () => ContentSink) {
    this.#takeOut = takeOut;
  }

  /** Resolves when there is room for more of what is taken out; undefined when there is at once. */
  get room(): Promise<unknown> | undefined {
    return this.#writes.length > 0 ? Promise.all(this.#writes) : undefined;
  }

  /**
   * Takes the next chunk and gives what is let pass, in order.
   *
   * @throws GraphTransportError `EMESSAGE` when the message is beyond a limit
   */
  scan(chunk: Buffer): Buffer[] {
    this.#writes = [];
    this.#scan(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk);
    return this.#takePassed();
  }

  /**
   * Takes the end of the message and gives what was held back.
   *
   * @throws as `scan` does
   */
  end(): Buffer[] {
    if (this.#rest.length > 0) this.#line(this.#rest, this.#delimiterOf(this.#rest));
    this.#endHeader();
    this.#endContent();
    return this.#takePassed();
  }

  #takePassed(): Buffer[] {
    const fault = this.#fault();
    if (fault) throw fault;
    const passed = this.#passed;
    this.#passed = [];
    return passed;
  }

  #fault(): GraphTransportError | undefined {
    if (this.#textBytes > MAX_BODY_BYTES) return bodyTooLarge();
    if (this.#open.length > MAX_DEPTH) return nestedTooDeep();
    if (this.#hasOddBoundary) return oddBoundary();
    return undefined;
  }

  #scan(data: Buffer): void {
    this.#rest = Buffer.alloc(0);
    // Lines of a body are let pass together, not one by one.
    let passed = 0;
    let at = 0;
    const passTo = (end: number) => {
      if (this.#inText) this.#textBytes += end - passed;
      // What is too much is not for the parser to hold, even if it comes in one piece.
      if (end > passed && this.#textBytes <= MAX_BODY_BYTES) this.#pass(data.subarray(passed, end));
      passed = end;
    };
    while (at < data.length) {
      // Of a body only a line that begins with a dash is of interest.
      const lineEnd =
        this.#header === undefined && data[at] !== DASH
          ? data.indexOf(LINE_WITH_DASH, at) + 1
          : data.indexOf(LF, at) + 1;
      const end = lineEnd || data.length;
      if (!this.#inLine && (this.#header !== undefined || data[at] === DASH)) {
        if (lineEnd === 0 && data.length - at < this.#longestLine()) {
          passTo(at);
          this.#rest = data.subarray(at);
          return;
        }
        const line = data.subarray(at, end);
        const delimiter = this.#delimiterOf(line);
        if (delimiter || this.#header !== undefined) {
          passTo(at);
          passed = end;
          this.#line(line, delimiter);
        }
      }
      this.#inLine = data[end - 1] !== LF;
      at = end;
    }
    passTo(data.length);
  }

  #longestLine(): number {
    return this.#header === undefined ? MAX_DELIMITER_BYTES : MAX_HEADER_BYTES;
  }

  #line(line: Buffer, delimiter: Delimiter | undefined): void {
    if (delimiter) {
      this.#endHeader();
      this.#endContent();
      this.#setOpen(this.#open.slice(0, delimiter.depth + (delimiter.closing ? 0 : 1)));
      this.#inText = false;
      if (!delimiter.closing) this.#header = [];
      this.#passed.push(line);
    } else if (this.#header === undefined) {
      this.#pass(line);
    } else {
      this.#header.push(line);
      this.#headerBytes += line.length;
      const empty = line.length <= 2 && line.toString('latin1').trim() === '';
      if (empty || this.#headerBytes > MAX_HEADER_BYTES) this.#endHeader();
    }
  }

  /** Lets a piece of a body pass, or takes it out. */
  #pass(body: Buffer): void {
    if (this.#content) {
      const write = this.#content.sink.write(this.#content.decoder.decode(body));
      if (write) this.#writes.push(write);
    } else {
      this.#passed.push(body);
    }
  }

  #endContent(): void {
    this.#content?.sink.end();
    this.#content = undefined;
  }

  #delimiterOf(line: Buffer): Delimiter | undefined {
    if (line[0] !== DASH || line[1] !== DASH || line.length > MAX_DELIMITER_BYTES) return undefined;
    const text = line.toString('latin1').trimEnd().slice(2);
    const next = this.#depths.get(text);
    if (next !== undefined) return { depth: next, closing: false };
    const closed = text.endsWith('--') ? this.#depths.get(text.slice(0, -2)) : undefined;
    return closed === undefined ? undefined : { depth: closed, closing: true };
  }

  #setOpen(open: { boundary: string; part: MailPart }[]): void {
    this.#open = open;
    this.#depths = new Map(open.map(({ boundary }, depth) => [boundary, depth]));
  }

  #endHeader(): void {
    if (this.#header === undefined) return;
    const block = Buffer.concat(this.#header);
    this.#header = undefined;
    this.#headerBytes = 0;
    if (block.length > 0) this.#passed.push(this.#readHeader(block));
  }

  #readHeader(block: Buffer): Buffer {
    const text = block.toString('latin1');
    const type = structured(text, TYPE);
    const disposition = structured(text, DISPOSITION);
    const part: MailPart = {
      type: type.value.toLowerCase().trim() || 'text/plain',
      params: type.params,
      disposition: disposition.value.toLowerCase().trim(),
      filename: disposition.params.filename || type.params.name,
      children: [],
    };
    const parent = this.#open.at(-1)?.part;
    if (parent) parent.children.push(part);
    else this.root ??= part;
    const boundary = type.params.boundary?.trimEnd();
    if (part.type.startsWith('multipart/') && boundary) {
      this.#setOpen([...this.#open, { boundary, part }]);
      this.#hasOddBoundary ||= /[^\x20-\x7e]/.test(boundary);
      return block;
    }
    this.#inText = isBodyText(part);
    if (this.#takeOut && parent && isPlainBase64(part, text)) {
      const sink = this.#takeOut();
      this.#content = { sink, decoder: new Base64Decoder() };
      const fields = block.subarray(0, block.lastIndexOf('\n', -2) + 1);
      return Buffer.concat([fields, Buffer.from(`${sink.header}\r\n\r\n`)]);
    }
    const isFile = this.#inText && part.disposition === 'inline' && part.filename;
    // The one part there is, and one of several forms of the same, is the body, whatever its name.
    if (!isFile || !parent || parent.type === 'multipart/alternative') return block;
    this.#inText = false;
    part.disposition = 'attachment';
    return Buffer.from(text.replace(/^(content-disposition:\s*)inline/im, '$1attachment'), 'latin1');
  }
}

const TYPE = /^content-type:((?:.|\r?\n[ \t])*)/im;
const DISPOSITION = /^content-disposition:((?:.|\r?\n[ \t])*)/im;

/** The value and parameters of the first header that matches. */
function structured(
  block: string,
  header: RegExp,
): { value: string; params: Record<string, string | undefined> } {
  const value = header.exec(block)?.[1];
  if (value === undefined) return { value: '', params: {} };
  return libmime.parseHeaderValue(value.replace(/\r?\n/g, '').trim(), { stripComments: true });
}
