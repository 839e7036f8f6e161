import { addFault, type MailPart } from './mail-content';

/** A longer line is not a delimiter: RFC 2046 allows 70 characters, plus white space. */
export const MAX_DELIMITER_BYTES = 2048;
/** The most white space at the end of a delimiter, which is also mailparser's limit. */
const MAX_TRAILING_BYTES = 998;

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;

/** A line that ends a part of the multipart at this depth, or the multipart itself. */
export interface Delimiter {
  depth: number;
  closing: boolean;
}

interface Multipart {
  boundary: string;
  part: MailPart;
}

/** The multiparts that are open at one place of a message, and the lines that end their parts. */
export class OpenMultiparts {
  /** Outermost first. */
  #open: Multipart[] = [];
  /** Depth in `#open` by boundary; the innermost one if two share a boundary. */
  #depths: ReadonlyMap<string, number> = new Map();
  /** Whether there was a boundary that is not ASCII. */
  hasOddBoundary = false;
  /** Whether there was a delimiter with a CR of its own before its line ending. */
  hasLoneCr = false;

  get depth(): number {
    return this.#open.length;
  }

  get innermost(): MailPart | undefined {
    return this.#open.at(-1)?.part;
  }

  /** Opens the multipart of a part whose header has been read. */
  open(part: MailPart): void {
    const boundary = part.params.boundary?.trimEnd() ?? '';
    this.hasOddBoundary ||= /[^\x20-\x7e]/.test(boundary);
    const isAmbiguous = this.#open.some(
      ({ boundary: other }) => other === boundary || other === `${boundary}--` || boundary === `${other}--`,
    );
    if (isAmbiguous) addFault(part, 'two multiparts with one boundary');
    if (boundary.length > MAX_DELIMITER_BYTES - MAX_TRAILING_BYTES - 8)
      addFault(part, 'a boundary of a line');
    this.#set([...this.#open, { boundary, part }]);
  }

  /** Ends what a delimiter ends. */
  endAt({ depth, closing }: Delimiter): void {
    const owner = this.#open[depth]?.part;
    // Some readers consider the multipart ended; others go on looking for its parts.
    if (closing && owner?.children.length === 0) {
      addFault(owner, `the parts of ${owner.type}, which ends before the first`);
    } else {
      this.#set(this.#open.slice(0, depth + (closing ? 0 : 1)));
    }
  }

  /** What a line ends; undefined if it is no delimiter. */
  delimiterOf(line: Buffer): Delimiter | undefined {
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
    if (isOdd && (next ?? closed) !== undefined) this.hasLoneCr = true;
    if (next !== undefined && isEnded) return { depth: next, closing: false };
    // Readers differ on whether a part begins where the message ends.
    if (next !== undefined) addFault(this.#open[next]?.part, 'a boundary at the very end');
    return closed === undefined ? undefined : { depth: closed, closing: true };
  }

  #set(open: Multipart[]): void {
    this.#open = open;
    this.#depths = new Map(open.map(({ boundary }, depth) => [boundary, depth]));
  }
}
