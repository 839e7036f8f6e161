import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagePiece } from './base64-content';
import type { ParsedPart } from './body-parser';
import { readBody } from './body-text';
import { bytesBeforeHeader, type HeaderBlock } from './header-block';
import {
  type Loss,
  type MailAttachment,
  type MailContent,
  type MailPart,
  toHeaders,
  walk,
} from './mail-content';
import { PART_NUMBER } from './part-header';
import { PartScanner } from './part-scanner';
import { SecondReader } from './second-reader';
import { messageTooLarge, Spool } from './spool';
import { bodyTooLarge, MAX_BODY_BYTES } from './structure-limits';

/** How much is processed at a time, even if everything arrives in one piece. */
const PIECE_BYTES = 80 * 1024;
/** After this many pieces, other work gets a turn. */
const PIECES_AT_A_TIME = 3;

/**
 * Reads a MIME message, all at once or piece by piece. Attachments that do not fit in memory go to a temporary file,
 * which `close` removes.
 */
export class MessageReader {
  readonly raw: RawCopy;
  readonly #spool: Spool;
  readonly #scanner: PartScanner;
  readonly #second = new SecondReader();
  #hasBegun = false;

  constructor(limits: ReadLimits) {
    this.raw = new RawCopy(limits);
    this.#spool = new Spool(limits.heldBytes, limits.messageBytes);
    this.#scanner = new PartScanner(() => this.#spool.open());
  }

  /**
   * Takes the next piece of the message. Resolves when it can take more; undefined if it can right away, as with
   * nearly every small message.
   *
   * @throws GraphTransportError `EMESSAGE` if the message exceeds a limit, or its header is not valid
   */
  read(piece: MessagePiece): Promise<void> | undefined {
    if (Buffer.isBuffer(piece)) return this.#readBytes(piece);
    if (!this.#scanner.takeContent(piece)) return this.#readEach(piece.lines());
    this.raw.add(piece);
    return this.#pass([]);
  }

  async #readEach(pieces: Iterable<Buffer>): Promise<void> {
    for (const bytes of pieces) await this.#readBytes(bytes);
  }

  #readBytes(bytes: Buffer): Promise<void> | undefined {
    const chunk = this.#hasBegun ? bytes : bytes.subarray(bytesBeforeHeader(bytes));
    this.#hasBegun = true;
    this.raw.add(chunk);
    return chunk.length > PIECE_BYTES ? this.#readInPieces(chunk) : this.#pass(this.#scanner.scan(chunk));
  }

  async #readInPieces(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      // The whole message may have arrived at once.
      if (at > 0 && at % (PIECE_BYTES * PIECES_AT_A_TIME) === 0) await nextTurn();
      await this.#pass(this.#scanner.scan(chunk.subarray(at, at + PIECE_BYTES)));
    }
  }

  /** Ends the message and returns it. */
  async content(): Promise<MailContent> {
    const passed = this.#pass(this.#scanner.end());
    if (passed) await passed;
    const parsed = this.#second.end();
    const found = parsed instanceof Promise ? await parsed : parsed;
    const { root, header } = this.#scanner;
    if (!root || !header) throw new Error('it is empty');
    this.raw.header = header;
    const left = leftOvers(root, found);
    const taken = walk(root).flatMap(([part, around]) => toAttachment(part, around));
    const attachments = taken.length > 0 ? await Promise.all(taken) : [];
    const { text, html, losses } = readBody(root);
    if (Buffer.byteLength(html ?? text ?? '') > MAX_BODY_BYTES) throw bodyTooLarge();
    return {
      structure: root,
      losses: [...left, ...losses],
      headers: toHeaders(header),
      text,
      html,
      attachments,
    };
  }

  /** Frees the disk space of the message. Its attachments cannot be read any more. */
  close(): Promise<void> | undefined {
    this.#second.destroy();
    return this.#spool.close();
  }

  #pass(lines: readonly Buffer[]): Promise<void> | undefined {
    const parsed = this.#second.write(lines);
    const { room } = this.#scanner;
    return parsed || room ? Promise.all([parsed, room]).then(() => undefined) : undefined;
  }
}

function toAttachment(part: MailPart, around: readonly MailPart[]): Promise<MailAttachment>[] {
  const { type, params, disposition, filename, contentId, content } = part;
  if (!content) return [];
  return [
    content.then((bytes) => ({
      filename,
      type: { value: type, params },
      disposition: disposition || undefined,
      contentId,
      related: around.some((multipart) => multipart.type === 'multipart/related'),
      content: bytes,
    })),
  ];
}

/**
 * What is left over once each part has been used for the body, as an attachment, or as a multipart around
 * others: the parts and bytes that JSON would lose, and anything that two readers of the message disagree
 * about. Text before the first and after the last part of a multipart has no meaning (RFC 2046, section 5.1.1),
 * and neither do a part's header fields that do not begin with Content- (section 5.1).
 *
 * @param found the parts as mailparser found them
 */
export function leftOvers(root: MailPart, found: ParsedPart | false): Loss[] {
  const parts = walk(root);
  const losses = parts.flatMap(([part]) => part.faults);
  const add = (because: Loss['because'], what: string) => losses.push({ because, what });
  for (const [part] of parts) {
    if (part.use === 'multipart' && part.children.length === 0) add('structure', `the text of ${part.type}`);
    if (part.use !== 'multipart' && part.hasLocation) add('content-location', 'Content-Location');
  }
  const texts = parts.flatMap(([part]) => (part.use === 'attachment' && isText(part) ? [part] : []));
  if (
    texts.some(({ disposition }) => disposition !== 'attachment') &&
    !parts.some(([{ use }]) => use === 'body')
  ) {
    add('structure', 'which text is the body');
  }
  if (!isSame(root, found || undefined)) add('structure', 'parts that can be found in two ways');
  return losses;
}

function isText({ type }: MailPart): boolean {
  return /^text\/(?:plain|html)$/.test(type);
}

/** Whether mailparser found the same parts, each within the same multipart. */
function isSame(root: MailPart, found: ParsedPart | undefined): boolean {
  let number = 0;
  const isPair = (part: MailPart, other: ParsedPart | undefined): boolean =>
    other?.headers.get(PART_NUMBER) === String(number++) &&
    part.children.length === other.children.length &&
    part.children.every((child, at) => isPair(child, other.children[at]));
  return isPair(root, found);
}

/** Base64 in lines turns 57 bytes into 78; headers and quoted-printable text come on top. */
const MIME_PER_CONTENT = 78 / 57;
const MIME_SLACK_BYTES = 1_000_000;

/** Counts a message's bytes as it passes, keeps a copy while it is small, and stops it if it is too large. */
export class RawCopy {
  bytes = 0;
  /** The header of the message, once it has been read. */
  header: HeaderBlock | undefined;
  #chunks: MessagePiece[] | undefined = [];
  readonly #limits: ReadLimits;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  /** @throws GraphTransportError `EMESSAGE` as soon as there are more bytes than any message may have */
  add(chunk: MessagePiece): void {
    const { heldBytes, messageBytes } = this.#limits;
    this.bytes += chunk.length;
    if (this.bytes > heldBytes) this.#chunks = undefined;
    this.#chunks?.push(chunk);
    if (this.bytes > messageBytes * MIME_PER_CONTENT + MIME_SLACK_BYTES) throw messageTooLarge(messageBytes);
  }

  /** The message as it arrived, in pieces; undefined if it is too large to be kept. */
  get pieces(): readonly MessagePiece[] | undefined {
    return this.#chunks;
  }
}

/** How much of a message is read. */
export interface ReadLimits {
  /** The most bytes to keep in memory: of all attachments together, and of the message as it arrived. */
  heldBytes: number;
  /** The most bytes of decoded attachments that a message may have. */
  messageBytes: number;
}
