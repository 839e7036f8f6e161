import type { GraphTransportError } from '../errors/graph-transport-error';
import { type HeaderBlock, notAHeader, readHeaderBlock } from './header-block';
import { addFault, type MailPart } from './mail-content';
import { type Delimiter, MAX_DELIMITER_BYTES, OpenMultiparts } from './open-multiparts';
import { PartContents } from './part-contents';
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

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const NOTHING = Buffer.alloc(0);
const LINE_WITH_DASH = Buffer.from('\n-');
const EMPTY_LINE = Buffer.from('\n\r\n');
const CR_WITH_DASHES = Buffer.from('\r--');

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
  readonly #multiparts = new OpenMultiparts();
  readonly #contents: PartContents;
  /** The lines of the header block that is being read; undefined inside a body. */
  #header: Buffer[] | undefined = [];
  #headerBytes = 0;
  /** The start of a line that is held back until the rest of it arrives. */
  #rest: Buffer = NOTHING;
  /** Whether the start of the current line has already been passed on. */
  #inLine = false;
  /** Whether there is a lone CR that would change the parts if it were a line ending. */
  #hasLoneCr = false;
  /** The last two bytes of the body so far. */
  #tail: readonly [beforeLast: number, last: number] = [0, 0];
  /** What was passed on of the current chunk. */
  #passed: Buffer[] = [];

  /** @param takeOut opens the sink for the content of an attachment */
  constructor(takeOut: () => AttachmentSink) {
    this.#contents = new PartContents(takeOut);
  }

  /** Resolves when the sink can take more; undefined if it can right away. */
  get room(): Promise<unknown> | undefined {
    const { writes } = this.#contents;
    return writes.length > 0 ? Promise.all(writes) : undefined;
  }

  /**
   * Takes the next chunk and returns what is passed on, in order.
   *
   * @throws GraphTransportError `EMESSAGE` if the message exceeds a limit, or its header is not valid
   */
  scan(chunk: Buffer): Buffer[] {
    this.#contents.writes = [];
    this.#scan(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk);
    return this.#takePassed();
  }

  /**
   * Takes the whole content of the part whose header has just passed, if that is base64, in place of its lines.
   *
   * @returns whether it was taken
   */
  takeContent(decoded: Buffer): boolean {
    this.#contents.writes = [];
    return this.#rest.length === 0 && !this.#inLine && this.#contents.takeWhole(decoded);
  }

  /**
   * Ends the message and returns what was held back.
   *
   * @throws as `scan` does
   */
  end(): Buffer[] {
    if (this.#rest.length > 0) this.#line(this.#rest, this.#multiparts.delimiterOf(this.#rest));
    this.#endHeader(false);
    this.#contents.endOfMessage();
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
    if (this.#contents.textBytes > MAX_BODY_BYTES) return bodyTooLarge();
    if (this.#headerBytes > MAX_HEADER_BYTES) return headerTooLarge();
    if (this.#multiparts.depth > MAX_DEPTH) return nestedTooDeep();
    if (this.#multiparts.hasOddBoundary) return oddBoundary();
    if (this.#hasLoneCr || this.#multiparts.hasLoneCr) return loneCr();
    return this.header?.fault === undefined ? undefined : notAHeader(this.header.fault);
  }

  #scan(data: Buffer): void {
    this.#rest = NOTHING;
    // Lines of a body are passed on together, not one by one.
    let passed = 0;
    let at = 0;
    const passTo = (end: number) => {
      if (end > passed) this.#pass(data.subarray(passed, end));
      passed = end;
    };
    while (at < data.length) {
      const header = this.#header?.length === 0 && !this.#inLine ? shortHeaderAt(data, at) : undefined;
      if (header !== undefined) {
        this.#readHeader(header, true);
        at += header.length;
        passed = at;
        continue;
      }
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
        const delimiter = this.#multiparts.delimiterOf(line);
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
      this.#contents.end();
      this.#passed.push(line);
      this.#multiparts.endAt(delimiter);
      if (!delimiter.closing) this.#header = [];
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
    if (this.#contents.isOpen) this.#contents.pass(body);
    else this.#passed.push(body);
  }

  /**
   * Some readers end a line at a lone CR, and the MIME route turns each lone CR into CRLF, so a delimiter may
   * follow it.
   */
  #lookForLoneCr(body: Buffer): void {
    if (this.#multiparts.depth === 0) return;
    const [beforeLast, last] = this.#tail;
    const isJoint = body[0] === DASH && (last === CR ? body[1] === DASH : beforeLast === CR && last === DASH);
    this.#tail = [body.at(-2) ?? last, body.at(-1) ?? last];
    // Base64, which makes up most of a large message, contains no dashes and a CR in every line.
    this.#hasLoneCr ||= isJoint || (body.includes(DASH) && body.includes(CR_WITH_DASHES));
  }

  #endHeader(isEnded: boolean): void {
    if (this.#header) this.#readHeader(Buffer.concat(this.#header).toString('latin1'), isEnded);
  }

  #readHeader(block: string, isEnded: boolean): void {
    this.#tail = [0, 0];
    this.#header = undefined;
    this.#headerBytes = 0;
    const header = readHeaderBlock(block);
    const parent = this.#multiparts.innermost;
    const part = readPartHeader(header, parent);
    this.#hasLoneCr ||= parent !== undefined && header.hasLoneCr;
    if (parent) {
      if (!isEnded) addFault(part, 'a part whose header has no end');
      parent.children.push(part);
    } else {
      this.root ??= part;
      this.header ??= header;
    }
    if (part.use === 'multipart') this.#multiparts.open(part);
    else this.#contents.begin(part);
    this.#passed.push(headerForParser(part, this.#count++));
  }
}

/** So short that it is not over `MAX_HEADER_BYTES`, however many lines it has. */
const SHORT_HEADER_BYTES = MAX_HEADER_BYTES / MIN_LINE_COST;

/**
 * The header that begins here, if all of it is there, it is short, and no line of it may be a delimiter: nearly every
 * header. It is read in half the time that it takes line by line.
 */
function shortHeaderAt(data: Buffer, at: number): string | undefined {
  const end = data.subarray(at, at + SHORT_HEADER_BYTES).indexOf(EMPTY_LINE) + EMPTY_LINE.length;
  if (end < EMPTY_LINE.length) return undefined;
  const header = data.toString('latin1', at, at + end);
  return /^[\r\n-]|\n[\n-]/.test(header) ? undefined : header;
}
