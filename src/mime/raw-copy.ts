import { messageTooLarge } from './spool';

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

  /** The message as it arrived; undefined if it is too large to be kept. */
  get whole(): Buffer | undefined {
    if (this.#chunks && this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks?.[0];
  }
}

/** How much of a message is read. */
export interface ReadLimits {
  /** The most bytes to keep in memory: of all attachments together, and of the message as it arrived. */
  heldBytes: number;
  /** The most bytes of decoded attachments that a message may have. */
  messageBytes: number;
}
