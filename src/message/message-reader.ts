import { Writable } from 'node:stream';
import type { AttachmentStream, MessageText } from 'mailparser';
import { Spool } from './attachment-content';
import { BodyParser } from './body-parser';
import type { MailAttachment, MailContent } from './mail-content';
import { PartScanner } from './part-scanner';
import { RawCopy } from './raw-copy';
import type { ReadLimits } from './read-limits';
import { TakenOut } from './taken-out';
import { toAttachment } from './to-attachment';
import { toHeaders } from './to-headers';

/** What is gathered before it is worked on: Nodemailer may write line by line. */
const GATHERED_BYTES = 64 * 1024;
/** What is worked on at a time, even if all comes in one piece. */
const PIECE_BYTES = 80 * 1024;

/**
 * Takes in a MIME message that is written to it, and has read it when it emits `finish`. Attachments that are
 * too much for memory go to a temporary file, which `close` gives back.
 *
 * One stream instead of a pipeline of four: for a small message they would cost more than reading it.
 */
export class MessageReader extends Writable {
  readonly raw: RawCopy;
  readonly #spool: Spool;
  readonly #takenOut = new TakenOut();
  readonly #scanner: PartScanner;
  readonly #parser = new BodyParser();
  readonly #parsed: Promise<void>;
  readonly #attachments: Promise<MailAttachment>[] = [];
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #text: string | undefined;
  #html: string | undefined;
  /** The attachment whose content mailparser decodes at the moment. */
  #reading: AttachmentStream | undefined;

  constructor(limits: ReadLimits) {
    super();
    this.raw = new RawCopy(limits);
    this.#spool = new Spool(limits.heldBytes, limits.messageBytes);
    this.#scanner = new PartScanner(() => this.#takenOut.add(this.#spool.open()));
    this.#parser.on('data', (part) => this.#take(part));
    this.#parser.on('error', (error) => this.destroy(error));
    this.#parsed = new Promise((resolve) => this.#parser.once('end', resolve));
  }

  /** The message, once it has been read. */
  async content(): Promise<MailContent> {
    const attachments = await Promise.all(this.#attachments);
    this.#takenOut.checkAllFound();
    const structure = this.#scanner.root ?? {
      type: 'text/plain',
      params: {},
      disposition: '',
      filename: undefined,
      children: [],
    };
    const headers = toHeaders(this.#parser.headerLines || []);
    this.#parser.release();
    return { structure, headers, text: this.#text, html: this.#html, attachments };
  }

  /** Gives back what the message occupies on disk; its attachments cannot be read any more. */
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
    // An error ends the parser, but not the attachment that is being read from it.
    this.#reading?.content.destroy(error ?? undefined);
    done(error);
  }

  async #readGathered(): Promise<void> {
    const [first] = this.#gathered;
    const chunk = first && this.#gathered.length === 1 ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.raw.add(chunk);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const parsed = this.#parse(this.#scanner.scan(chunk.subarray(at, at + PIECE_BYTES)));
      if (parsed) await parsed;
      const { room } = this.#scanner;
      if (room) await room;
    }
  }

  async #readRest(): Promise<void> {
    await this.#readGathered();
    await this.#parse(this.#scanner.end());
    this.#parser.end();
    await this.#parsed;
    await Promise.all(this.#attachments);
  }

  /** Resolves when mailparser takes more; undefined when it does at once. It copies all it has for every piece. */
  #parse(pieces: Buffer[]): Promise<void> | undefined {
    const [first] = pieces;
    if (!first || this.#parser.write(pieces.length === 1 ? first : Buffer.concat(pieces))) return undefined;
    return new Promise((resolve) => this.#parser.once('drain', resolve));
  }

  #take(part: AttachmentStream | MessageText): void {
    if (part.type === 'text') {
      this.#text = part.text;
      this.#html = part.html;
      return;
    }
    const attachment = this.#readAttachment(part);
    this.#attachments.push(attachment);
    attachment.catch((error: Error) => this.destroy(error));
  }

  async #readAttachment(part: AttachmentStream): Promise<MailAttachment> {
    const taken = this.#takenOut.of(part.headers);
    // Of content that was taken out nothing is left to read, so nobody would hear its error.
    this.#reading = taken ? undefined : part;
    const attachment = toAttachment(part, await (taken ?? this.#spool.take(part.content)));
    part.release?.();
    return attachment;
  }
}
