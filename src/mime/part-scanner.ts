import type { GraphTransportError } from '../errors/graph-transport-error';
import { type HeaderBlock, notAHeader, readHeaderBlock } from './header-block';
import type { MailPart } from './mail-content';
import { headerForParser, readPartHeader } from './part-header';
import type { AttachmentSink } from './spool';
import {
  bodyTooLarge,
  headerTooLarge,
  loneCr,
  MAX_BODY_BYTES,
  MAX_DEPTH,
  MAX_HEADER_BYTES,
  MIN_LINE_COST,
  nestedTooDeep,
  oddBoundary,
} from './structure-limits';
import { createTransferDecoder, type TransferDecoder } from './transfer-decoder';

/** A longer line is not a delimiter: RFC 2046 allows 70 characters, plus white space. */
const MAX_DELIMITER_BYTES = 2048;
/** The most white space at the end of a delimiter, which is also mailparser's limit. */
const MAX_TRAILING_BYTES = 998;

/** A line that ends a part of the multipart at this depth, or the multipart itself. */
interface Delimiter {
  depth: number;
  closing: boolean;
}

/** Receives the content of a part as it passes. */
interface Content {
  decoder: TransferDecoder;
  /** Takes decoded bytes; resolves when it can take more, or returns undefined if it can right away. */
  take(decoded: Buffer): Promise<void> | undefined;
  end(): void;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const LINE_WITH_DASH = Buffer.from('\n-');
const CR_WITH_DASH = Buffer.from('\r--');
const MAX_LINE_END_BYTES = 2;

/**
 * Reads the structure of a message on its way to mailparser. Mailparser serves only as a second reader of the
 * lines between the parts. So instead of each part's own header it gets what this reader understood of it, and
 * it gets no contents. Contents are decoded here, where every byte is accounted for.
 */
export class PartScanner {
  /** The message itself with all its parts, once it has passed. */
  root: MailPart | undefined;
  /** The header of the message. */
  header: HeaderBlock | undefined;
  /** The number of parts that have begun. */
  #count = 0;
  /** The multiparts that are open, outermost first. */
  #open: { boundary: string; part: MailPart }[] = [];
  /** Depth in `#open` by boundary; the innermost one if two share a boundary. */
  #depths: ReadonlyMap<string, number> = new Map();
  /** Bytes of decoded body text so far. */
  #textBytes = 0;
  /** The lines of the header block that is being read; undefined inside a body. */
  #header: Buffer[] | undefined = [];
  #headerBytes = 0;
  /** The start of a line that is held back until the rest of it arrives. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the start of the current line has already been passed on. */
  #inLine = false;
  #hasOddBoundary = false;
  /** Whether there is a lone CR that would change the parts if it were a line ending. */
  #hasLoneCr = false;
  /** The part whose body is passing. */
  #part: MailPart | undefined;
  readonly #takeOut: () => AttachmentSink;
  /** Where its content goes. */
  #content: Content | undefined;
  /** A line ending that belongs to the content only if no delimiter follows. */
  #lineEnd: Buffer = Buffer.alloc(0);
  /** The last bytes of the body so far. */
  #tail: Buffer = Buffer.alloc(0);
  /** What was passed on of the current chunk. */
  #passed: Buffer[] = [];
  #writes: Promise<void>[] = [];

  /** @param takeOut opens the sink for the content of an attachment */
  constructor(takeOut: () => AttachmentSink) {
    this.#takeOut = takeOut;
  }

  /** Resolves when the sink can take more; undefined if it can right away. */
  get room(): Promise<unknown> | undefined {
    return this.#writes.length > 0 ? Promise.all(this.#writes) : undefined;
  }

  /**
   * Takes the next chunk and returns what is passed on, in order.
   *
   * @throws GraphTransportError `EMESSAGE` if the message exceeds a limit, or its header is not valid
   */
  scan(chunk: Buffer): Buffer[] {
    this.#writes = [];
    this.#scan(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk);
    return this.#takePassed();
  }

  /**
   * Takes the whole content of the part whose header has just passed, if that is base64, in place of its lines.
   *
   * @returns whether it was taken
   */
  takeContent(decoded: Buffer): boolean {
    const isAtStart = this.#rest.length === 0 && this.#lineEnd.length === 0 && !this.#inLine;
    if (!this.#content || this.#part?.encoding !== 'base64' || !isAtStart) return false;
    this.#writes = [];
    this.#keep(this.#content, decoded);
    return true;
  }

  /**
   * Ends the message and returns what was held back.
   *
   * @throws as `scan` does
   */
  end(): Buffer[] {
    if (this.#rest.length > 0) this.#line(this.#rest, this.#delimiterOf(this.#rest));
    this.#endHeader(false);
    this.#write(this.#lineEnd);
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
    if (this.#headerBytes > MAX_HEADER_BYTES) return headerTooLarge();
    if (this.#open.length > MAX_DEPTH) return nestedTooDeep();
    if (this.#hasOddBoundary) return oddBoundary();
    if (this.#hasLoneCr) return loneCr();
    return this.header?.fault === undefined ? undefined : notAHeader(this.header.fault);
  }

  #scan(data: Buffer): void {
    this.#rest = Buffer.alloc(0);
    // Lines of a body are passed on together, not one by one.
    let passed = 0;
    let at = 0;
    const passTo = (end: number) => {
      if (end > passed) this.#pass(data.subarray(passed, end));
      passed = end;
    };
    while (at < data.length) {
      // In a body, only lines that begin with a dash matter.
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
          if (this.#headerBytes > MAX_HEADER_BYTES) return;
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
      this.#endHeader(false);
      this.#lineEnd = Buffer.alloc(0);
      this.#endContent();
      this.#passed.push(line);
      const { depth, closing } = delimiter;
      const owner = this.#open[depth]?.part;
      // Some readers consider the multipart ended; others go on looking for its parts.
      if (closing && owner?.children.length === 0) {
        fault(owner, `the parts of ${owner.type}, which ends before the first`);
      } else {
        this.#setOpen(this.#open.slice(0, depth + (closing ? 0 : 1)));
      }
      this.#part = owner;
      if (!closing) this.#header = [];
    } else if (this.#header === undefined) {
      this.#pass(line);
    } else {
      this.#header.push(line);
      this.#headerBytes += Math.max(line.length, MIN_LINE_COST);
      if (line[0] === LF || (line[0] === CR && line[1] === LF)) this.#endHeader(true);
    }
  }

  /** Passes a piece of a body on, or takes it out. */
  #pass(body: Buffer): void {
    this.#lookForLoneCr(body);
    if (this.#content) this.#passContent(body);
    else this.#passed.push(body);
  }

  /**
   * Some readers end a line at a lone CR, and the MIME route turns each lone CR into CRLF, so a delimiter may
   * follow it.
   */
  #lookForLoneCr(body: Buffer): void {
    if (this.#open.length === 0) return;
    const joint = Buffer.concat([this.#tail, body.subarray(0, 2)]);
    this.#tail = Buffer.from(body.length < 2 ? joint.subarray(-2) : body.subarray(-2));
    // Base64, which makes up most of a large message, contains no dashes and a CR in every line.
    this.#hasLoneCr ||= joint.includes(CR_WITH_DASH) || (body.includes(DASH) && body.includes(CR_WITH_DASH));
  }

  #passContent(piece: Buffer): void {
    let body = piece;
    if (piece.length > MAX_LINE_END_BYTES) this.#write(this.#lineEnd);
    else body = Buffer.concat([this.#lineEnd, piece]);
    const end = endOfLine(body);
    this.#lineEnd = body.subarray(end);
    this.#write(body.subarray(0, end));
  }

  #write(body: Buffer): void {
    if (this.#content && body.length > 0) this.#keep(this.#content, this.#content.decoder.decode(body));
  }

  #keep(content: Content, decoded: Buffer): void {
    const write = decoded.length > 0 ? content.take(decoded) : undefined;
    if (write) this.#writes.push(write);
  }

  #endContent(): void {
    const content = this.#content;
    if (!content) return;
    this.#keep(content, content.decoder.end());
    const { encoding } = this.#part ?? {};
    if (!content.decoder.isStrict) fault(this.#part, `bytes of a part that are not ${encoding}`, 'encoding');
    content.end();
    this.#content = undefined;
    this.#lineEnd = Buffer.alloc(0);
  }

  #delimiterOf(line: Buffer): Delimiter | undefined {
    if (line[0] !== DASH || line[1] !== DASH || line.length > MAX_DELIMITER_BYTES) return undefined;
    let end = line.length;
    if (line[end - 1] === LF) end--;
    while (line[end - 1] === CR) end--;
    const isEnded = end < line.length;
    const isOdd = line.length - end > 2 || (isEnded && line[line.length - 1] === CR);
    let textEnd = end;
    while (line[textEnd - 1] === 0x20 || line[textEnd - 1] === 0x09) textEnd--;
    if (end - textEnd > MAX_TRAILING_BYTES) return undefined;
    const text = line.toString('latin1', 2, textEnd);
    const next = this.#depths.get(text);
    const closed = text.endsWith('--') ? this.#depths.get(text.slice(0, -2)) : undefined;
    if (isOdd && (next ?? closed) !== undefined) this.#hasLoneCr = true;
    if (next !== undefined && isEnded) return { depth: next, closing: false };
    // Readers differ on whether a part begins where the message ends.
    if (next !== undefined) fault(this.#open[next]?.part, 'a boundary at the very end');
    return closed === undefined ? undefined : { depth: closed, closing: true };
  }

  #setOpen(open: { boundary: string; part: MailPart }[]): void {
    this.#open = open;
    this.#depths = new Map(open.map(({ boundary }, depth) => [boundary, depth]));
  }

  #endHeader(isEnded: boolean): void {
    if (this.#header === undefined) return;
    const block = Buffer.concat(this.#header);
    this.#tail = Buffer.alloc(0);
    this.#header = undefined;
    this.#headerBytes = 0;
    this.#passed.push(this.#readHeader(block, isEnded));
  }

  #readHeader(block: Buffer, isEnded: boolean): Buffer {
    const header = readHeaderBlock(block.toString('latin1'));
    const parent = this.#open.at(-1)?.part;
    const part = readPartHeader(header, parent);
    this.#hasLoneCr ||= parent !== undefined && header.hasLoneCr;
    if (parent) {
      if (!isEnded) fault(part, 'a part whose header has no end');
      parent.children.push(part);
    } else {
      this.root ??= part;
      this.header ??= header;
    }
    this.#part = part;
    if (part.use === 'multipart') this.#openMultipart(part);
    else this.#content = part.use === 'body' ? this.#textOf(part) : this.#fileOf(part);
    return headerForParser(part, this.#count++);
  }

  #openMultipart(part: MailPart): void {
    const boundary = part.params.boundary?.trimEnd() ?? '';
    this.#hasOddBoundary ||= /[^\x20-\x7e]/.test(boundary);
    const isAmbiguous = this.#open.some(
      ({ boundary: other }) => other === boundary || other === `${boundary}--` || boundary === `${other}--`,
    );
    if (isAmbiguous) fault(part, 'two multiparts with one boundary');
    if (boundary.length > MAX_DELIMITER_BYTES - MAX_TRAILING_BYTES - 8) fault(part, 'a boundary of a line');
    this.#setOpen([...this.#open, { boundary, part }]);
  }

  #textOf(part: MailPart): Content {
    const chunks: Buffer[] = [];
    const bytesPerCharacter = /^utf-?16/i.test(part.params.charset ?? '') ? 2 : 1;
    return {
      decoder: createTransferDecoder(part.encoding),
      take: (decoded) => {
        this.#textBytes += decoded.length / bytesPerCharacter;
        // Text beyond the limit is not kept, even if it arrives in one piece.
        if (this.#textBytes <= MAX_BODY_BYTES) chunks.push(decoded);
        return undefined;
      },
      end: () => {
        part.body = Buffer.concat(chunks);
      },
    };
  }

  #fileOf(part: MailPart): Content {
    const sink = this.#takeOut();
    let end = () => {};
    part.content = new Promise((resolve) => {
      end = () => resolve(sink.end());
    });
    // Its failure is reported to whoever awaits it, which may be long after it happened.
    part.content.catch(() => undefined);
    return {
      decoder: createTransferDecoder(part.encoding),
      take: (decoded) => sink.write(decoded),
      end: () => end(),
    };
  }
}

/** Where the line ending at the end of the bytes begins. */
function endOfLine(bytes: Buffer): number {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === LF) end--;
  if (end > 0 && bytes[end - 1] === CR) end--;
  return end;
}

function fault(
  part: MailPart | undefined,
  what: string,
  because: 'structure' | 'encoding' = 'structure',
): void {
  if (!part?.faults.some((known) => known.what === what)) part?.faults.push({ because, what });
}
