import { addFault, type MailPart } from './mail-content';
import { type AttachmentSink, oneOf } from './spool';
import { MAX_BODY_BYTES } from './structure-limits';
import { createTransferDecoder, type TransferDecoder } from './transfer-decoder';

const LF = 0x0a;
const CR = 0x0d;
const MAX_LINE_END_BYTES = 2;
const NOTHING = Buffer.alloc(0);

/** Receives the content of a part as it passes. */
interface Content {
  part: MailPart;
  decoder: TransferDecoder;
  /** Takes decoded bytes; resolves when it can take more, or returns undefined if it can right away. */
  take(decoded: Buffer): Promise<void> | undefined;
  end(): void;
}

/** The contents of a message's parts: decodes one after the other, and puts each where it belongs. */
export class PartContents {
  /** Bytes of decoded body text so far. */
  textBytes = 0;
  /** What must end before more is passed on. */
  writes: Promise<void>[] = [];
  readonly #takeOut: () => AttachmentSink;
  #content: Content | undefined;
  #hasBegun = false;
  /** A line ending that belongs to the content only if no delimiter follows. */
  #lineEnd: Buffer = NOTHING;

  /** @param takeOut opens the sink for the content of an attachment */
  constructor(takeOut: () => AttachmentSink) {
    this.#takeOut = takeOut;
  }

  /** Whether what passes is the content of a part. */
  get isOpen(): boolean {
    return this.#content !== undefined;
  }

  /** From here on, the content of this part passes. */
  begin(part: MailPart): void {
    this.#hasBegun = false;
    this.#content = part.use === 'body' ? this.#textOf(part) : this.#fileOf(part);
  }

  /** Takes a piece of the content. */
  pass(piece: Buffer): void {
    this.#hasBegun = true;
    let body = piece;
    if (piece.length > MAX_LINE_END_BYTES) this.#write(this.#lineEnd);
    else body = Buffer.concat([this.#lineEnd, piece]);
    const end = endOfLine(body);
    this.#lineEnd = body.subarray(end);
    this.#write(body.subarray(0, end));
  }

  /**
   * Takes the decoded content of a part in base64, none of which has passed yet.
   *
   * @returns whether it was taken
   */
  takeWhole(decoded: Buffer): boolean {
    const content = this.#content;
    if (content?.part.encoding !== 'base64' || this.#hasBegun) return false;
    this.#hasBegun = true;
    this.#keep(content, decoded);
    return true;
  }

  /** Ends the content at a delimiter, to which the line ending before it belongs. */
  end(): void {
    const content = this.#content;
    this.#lineEnd = NOTHING;
    if (!content) return;
    this.#keep(content, content.decoder.end());
    const { part, decoder } = content;
    if (!decoder.isStrict) addFault(part, `bytes of a part that are not ${part.encoding}`, 'encoding');
    content.end();
    this.#content = undefined;
  }

  /** Ends the content where the message ends. */
  endOfMessage(): void {
    this.#write(this.#lineEnd);
    this.end();
  }

  #write(body: Buffer): void {
    if (this.#content && body.length > 0) this.#keep(this.#content, this.#content.decoder.decode(body));
  }

  #keep(content: Content, decoded: Buffer): void {
    const write = decoded.length > 0 ? content.take(decoded) : undefined;
    if (write) this.writes.push(write);
  }

  #textOf(part: MailPart): Content {
    const chunks: Buffer[] = [];
    const bytesPerCharacter = /^utf-?16/i.test(part.params.charset ?? '') ? 2 : 1;
    return {
      part,
      decoder: createTransferDecoder(part.encoding),
      take: (decoded) => {
        this.textBytes += decoded.length / bytesPerCharacter;
        // Text beyond the limit is not kept, even if it arrives in one piece.
        if (this.textBytes <= MAX_BODY_BYTES) chunks.push(decoded);
        return undefined;
      },
      end: () => {
        part.body = oneOf(chunks);
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
      part,
      decoder: createTransferDecoder(part.encoding),
      take: (decoded) => sink.write(decoded),
      end: () => end(),
    };
  }
}

/** Where the line ending at the end of the bytes begins. */
function endOfLine(bytes: Buffer): number {
  let end = bytes.length;
  if (bytes[end - 1] === LF) end--;
  if (bytes[end - 1] === CR) end--;
  return end;
}
