import type { ReadLimits } from './read-limits';
import { messageTooLarge } from './spool';

/** Base64 in lines makes 78 bytes of 57; headers and text in quoted-printable come on top. */
const MIME_PER_CONTENT = 78 / 57;
const MIME_SLACK_BYTES = 1_000_000;

/** Counts a message as it passes, keeps a copy of it while it is small, and stops it when it is too large. */
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

  /** The message as it came; undefined when it is too long to be held. */
  get whole(): Buffer | undefined {
    if (this.#chunks && this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks?.[0];
  }
}
