import type { GraphTransportError } from '../errors/graph-transport-error';
import { type HeaderBlock, notAHeader, readHeaderBlock } from './header-block';
import type { MailPart } from './mail-part';
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

/** A line longer than this is no delimiter: RFC 2046 allows 70 characters, plus white space. */
const MAX_DELIMITER_BYTES = 2048;
/** White space that mailparser, too, takes at the end of a delimiter. */
const MAX_TRAILING_BYTES = 998;

/** A line that ends a part of the multipart at this depth, or the multipart itself. */
interface Delimiter {
  depth: number;
  closing: boolean;
}

/** The content of a part while it passes. */
interface Content {
  decoder: TransferDecoder;
  /** Takes in decoded bytes; resolves when there is room for more, if there is none at once. */
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
 * Reads the structure of a message while it passes to mailparser, which gets the header that this reader has
 * understood in the place of each part's own, and no contents: it is the second reader of the lines between the
 * parts, and nothing else. Contents are decoded here, where every byte of them is accounted for.
 */
export class PartScanner {
  /** The message itself, with all its parts, once it has passed. */
  root: MailPart | undefined;
  /** The header of the message. */
  header: HeaderBlock | undefined;
  /** Number of parts that have begun. */
  #count = 0;
  /** The multiparts that are open, outermost first. */
  #open: { boundary: string; part: MailPart }[] = [];
  /** Depth in `#open` by boundary, the innermost where two share one. */
  #depths: ReadonlyMap<string, number> = new Map();
  /** Decoded bytes of body text so far. */
  #textBytes = 0;
  /** The lines of the header block that is being read; undefined in a body. */
  #header: Buffer[] | undefined = [];
  #headerBytes = 0;
  /** The start of a line that is held back, because the rest of it decides. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the start of the line that comes next has been let pass. */
  #inLine = false;
  #hasOddBoundary = false;
  /** Whether a lone CR stands where the parts would be others if it were a line end. */
  #hasLoneCr = false;
  /** The part whose body passes now. */
  #part: MailPart | undefined;
  readonly #takeOut: () => AttachmentSink;
  /** Where the content goes that passes now. */
  #content: Content | undefined;
  /** A line end that belongs to the content only if no delimiter follows. */
  #lineEnd: Buffer = Buffer.alloc(0);
  /** The last bytes of the body so far. */
  #tail: Buffer = Buffer.alloc(0);
  /** What was let pass of the chunk at hand. */
  #passed: Buffer[] = [];
  #writes: Promise<void>[] = [];

  /** @param takeOut opens the sink for the content of an attachment */
  constructor(takeOut: () => AttachmentSink) {
    this.#takeOut = takeOut;
  }

  /** Resolves when there is room for more of what is taken out; undefined when there is at once. */
  get room(): Promise<unknown> | undefined {
    return this.#writes.length > 0 ? Promise.all(this.#writes) : undefined;
  }

  /**
   * Takes the next chunk and gives what is let pass, in order.
   *
   * @throws GraphTransportError `EMESSAGE` when the message is beyond a limit, or its header is none
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
    // Lines of a body are let pass together, not one by one.
    let passed = 0;
    let at = 0;
    const passTo = (end: number) => {
      if (end > passed) this.#pass(data.subarray(passed, end));
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
      // Some readers take the multipart for ended, others go on to look for its parts.
      if (closing && owner?.children.length === 0) {
        fault(owner, `the parts of ${owner.type}, which ends before the first`);
        this.#setOpen(this.#open.slice(0, depth + 1));
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

  /** Lets a piece of a body pass, or takes it out. */
  #pass(body: Buffer): void {
    this.#lookForLoneCr(body);
    if (this.#content) this.#passContent(body);
    else this.#passed.push(body);
  }

  /** To some readers a lone CR ends a line, and MIME to Graph has none: there may be a delimiter after it. */
  #lookForLoneCr(body: Buffer): void {
    if (this.#open.length === 0) return;
    const joint = Buffer.concat([this.#tail, body.subarray(0, 2)]);
    this.#tail = Buffer.from(body.length < 2 ? joint.subarray(-2) : body.subarray(-2));
    // There is no dash in base64, which is most of a large message, and a CR in each of its lines.
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
        // What is too much is not to be held, even if it comes in one piece.
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
    // Whoever asks for it hears of its failure; by then it may have been known for long.
    part.content.catch(() => undefined);
    return {
      decoder: createTransferDecoder(part.encoding),
      take: (decoded) => sink.write(decoded),
      end: () => end(),
    };
  }
}

/** Where the line end begins in which the bytes end. */
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
