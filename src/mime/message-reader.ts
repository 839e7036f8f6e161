import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AttachmentStream, MessageText } from 'mailparser';
import { BodyParser } from './body-parser';
import { readBody } from './body-text';
import { bytesBeforeHeader } from './header-block';
import { leftOvers } from './ledger';
import { type MailAttachment, type MailContent, type MailPart, walk } from './mail-content';
import { toHeaders } from './mail-header';
import { PartScanner } from './part-scanner';
import { messageTooLarge, Spool } from './spool';
import { bodyTooLarge, MAX_BODY_BYTES } from './structure-limits';

/** How much is collected before it is processed: Nodemailer may write line by line. */
const GATHERED_BYTES = 64 * 1024;
/** How much is processed at a time, even if everything arrives in one piece. */
const PIECE_BYTES = 80 * 1024;
/** After this many pieces, other work gets a turn. */
const PIECES_AT_A_TIME = 3;

/**
 * Reads a MIME message that is written to it, and has finished when it emits `finish`. Attachments that do not
 * fit in memory go to a temporary file, which `close` removes.
 *
 * It is one stream instead of a pipeline of four, which would cost more than reading a small message.
 */
export class MessageReader extends Writable {
  readonly raw: RawCopy;
  readonly #spool: Spool;
  readonly #scanner: PartScanner;
  readonly #parser = new BodyParser();
  readonly #parsed: Promise<void>;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #hasBegun = false;

  constructor(limits: ReadLimits) {
    super();
    this.raw = new RawCopy(limits);
    this.#spool = new Spool(limits.heldBytes, limits.messageBytes);
    this.#scanner = new PartScanner(() => this.#spool.open());
    this.#parser.on('data', (part) => this.#take(part));
    this.#parser.on('error', (error) => this.destroy(error));
    this.#parsed = new Promise((resolve) => this.#parser.once('end', resolve));
  }

  /** The message, once it has been read. */
  async content(): Promise<MailContent> {
    const { root, header } = this.#scanner;
    if (!root || !header) throw new Error('it is empty');
    const left = leftOvers(root, this.#parser.tree);
    this.#parser.release();
    const attachments = await Promise.all(walk(root).flatMap(([part, around]) => toAttachment(part, around)));
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
  close(): Promise<void> {
    return this.#spool.close();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes < GATHERED_BYTES) done();
    else this.#readGathered().then(() => done(), done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#readRest().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#parser.destroy();
    done(error);
  }

  async #readGathered(): Promise<void> {
    const chunk = this.#takeGathered();
    this.raw.add(chunk);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      // The whole message may have arrived at once.
      if (at > 0 && at % (PIECE_BYTES * PIECES_AT_A_TIME) === 0) await nextTurn();
      const parsed = this.#parse(this.#scanner.scan(chunk.subarray(at, at + PIECE_BYTES)));
      if (parsed) await parsed;
      const { room } = this.#scanner;
      if (room) await room;
    }
  }

  #takeGathered(): Buffer {
    const [first] = this.#gathered;
    const chunk = first && this.#gathered.length === 1 ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (this.#hasBegun) return chunk;
    this.#hasBegun = true;
    return chunk.subarray(bytesBeforeHeader(chunk));
  }

  async #readRest(): Promise<void> {
    await this.#readGathered();
    await this.#parse(this.#scanner.end());
    const { room } = this.#scanner;
    if (room) await room;
    this.#parser.end();
    await this.#parsed;
  }

  /**
   * Resolves when mailparser can take more; undefined if it can right away. It copies all it has for every
   * piece.
   */
  #parse(pieces: Buffer[]): Promise<void> | undefined {
    const [first] = pieces;
    if (!first || this.#parser.write(pieces.length === 1 ? first : Buffer.concat(pieces))) return undefined;
    return new Promise((resolve) => this.#parser.once('drain', resolve));
  }

  #take(part: AttachmentStream | MessageText): void {
    // Only where mailparser sees a part that the scanner does not: unless it is released, mailparser waits forever.
    if (part.type === 'attachment') part.release?.();
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

/** Base64 in lines turns 57 bytes into 78; headers and quoted-printable text come on top. */
const MIME_PER_CONTENT = 78 / 57;
const MIME_SLACK_BYTES = 1_000_000;

/** Counts a message's bytes as it passes, keeps a copy while it is small, and stops it if it is too large. */
export class RawCopy {
  bytes = 0;
  #chunks: Buffer[] | undefined = [];
  readonly #limits: ReadLimits;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  /** @throws GraphTransportError `EMESSAGE` as soon as there are more bytes than any message may have */
  add(chunk: Buffer): void {
    const { heldBytes, messageBytes } = this.#limits;
    this.bytes += chunk.length;
    if (this.bytes > heldBytes) this.#chunks = undefined;
    this.#chunks?.push(chunk);
    if (this.bytes > messageBytes * MIME_PER_CONTENT + MIME_SLACK_BYTES) throw messageTooLarge(messageBytes);
  }

  /** The message as it arrived, in pieces; undefined if it is too large to be kept. */
  get pieces(): readonly Buffer[] | undefined {
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
